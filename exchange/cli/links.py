"""Look at the addresses in rows, for bodies that allow it, and list what does not open."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

import click

from connectors.link_probe import OUTCOME_NAMES
from exchange.rounds.links import probe_links
from exchange.rounds.wiring import opened
from exchange.settings import Settings
from exchange.store.queries import load

MOST = 500


@click.command()
@click.option("--look/--no-look", default=True, help="Look now, or only list what was seen last.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
def links(look: bool, form: str) -> int:
    """Detail pages, guides and documents that cannot be opened; 1 when there are any.

    Nothing is contacted but what a body's file allows under [links]; by default that is nothing.
    What is listed as 豁免 was excused when it was looked at, and does not count.

    \b
    Example: exchange links --no-look --format json
    """
    settings = Settings.read()
    if look:
        done = probe_links(settings, now=datetime.now(UTC))
        click.echo(f"{done.rows} rows, {done.addresses} addresses looked at", err=True)
    with opened(settings, work="links") as exchange, exchange.store.transaction() as conn:
        found = conn.execute(load("links")["failing_links"], {"limit": MOST}).fetchall()
    if form == "json":
        click.echo(json.dumps(found, ensure_ascii=False, default=str))
    names = {str(outcome): name for outcome, name in OUTCOME_NAMES.items()}
    for row in found if form == "table" else ():
        what = names.get(row["outcome"], row["outcome"])
        click.echo(
            f"{row['name']}（{row['body']}） {row['table_code']} {row['field']}"
            f" 地方数据主键 {row['local_key'] or '（空）'}：{what} {row['detail']}".rstrip()
            + _excused(row["waived"])
        )
    return 1 if any(row["waived"] is None for row in found) else 0


def _excused(waived: Mapping[str, str] | None) -> str:
    return f"（豁免：{waived['signer']}签批，至{waived['until']}）" if waived else ""
