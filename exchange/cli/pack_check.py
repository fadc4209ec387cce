"""Build the offline check for counties: one folder, Windows and Linux, nothing to install."""

from __future__ import annotations

from pathlib import Path

import click

from exchange.offline.pack import build

MIB = 1024 * 1024


@click.command("pack-check")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="New or empty folder.",
)
def pack_check(out: Path) -> None:
    """Write a folder with `check` and all it needs but Python 3.11 or later.

    Same rules, same reports, same stamp as here; hand it on as it is, or as a zip of the folder.

    \b
    Example: exchange pack-check --out 自查工具
    """
    made = build(out)
    click.echo(f"{out}: {made['files']} files, {made['bytes'] / MIB:.1f} MiB")
