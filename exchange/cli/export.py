"""Write landed records as Parquet, by day, standard and table."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from exchange.replay import parquet
from exchange.replay.groups import Period, groups, of_one_instant
from exchange.settings import Settings
from exchange.store.addresses import app_url
from exchange.store.connection import Store
from validators.record import RECORD_ZONE


@click.group()
def export() -> None:
    """Write what the store holds into files.

    \b
    Example: exchange export landed --day 2026-11-20 -o landed
    """


@export.command()
@click.option("--day", "text", required=True, help="Day of landing (YYYY-MM-DD).")
@click.option("--body", "bodies", multiple=True, help="Code of a body; default: all.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=Path("landed"), show_default=True
)
def landed(text: str, bodies: tuple[str, ...], output: Path) -> None:
    """What landed on a day and was judged: <output>/<day>/<standard>/<table>.parquet.

    Every cell is text as it was sent; with each record go its verdict and what that rested on, so
    that `exchange replay --parquet` needs no store. The files hold personal data.

    \b
    Example: exchange export landed --day 2026-11-20 -o landed
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"--day {text!r} is no day (YYYY-MM-DD)") from None
    store = Store(app_url(Settings.read()), by="export")
    try:
        with store.transaction() as conn:
            of_one_instant(conn)
            found = groups(conn, Period(day, day, RECORD_ZONE, bodies or None))
            files = parquet.write(found, output / day.isoformat())
    finally:
        store.close()
    for path, rows in sorted(files.items()):
        click.echo(f"{rows:>8} {path}")
    if not files:
        click.echo(f"nothing landed on {day}")
