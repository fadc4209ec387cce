"""What passed here and was refused above, with the texts nobody has mapped yet."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta

import click

from connectors.upstream import load_upstream
from exchange.delivery.blindspots import BlindSpot, blind_spots
from exchange.notices.days import by_office_clock
from exchange.settings import Settings
from exchange.store.addresses import app_url
from exchange.store.connection import Store


@click.command()
@click.option("--days", type=float, default=30, show_default=True, help="How far back.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
def blindspots(days: float, form: str) -> int:
    """List refusal texts with their meaning, number and examples; 1 when one is not mapped.

    Map a text by an entry [[refusals]] in the upstream's file.

    \b
    Example: exchange blindspots --days 7
             exchange blindspots --format json
    """
    since = datetime.now(UTC) - timedelta(days=days)
    with (
        closing(Store(app_url(Settings.read()), by="blindspots")) as store,
        store.transaction() as conn,
    ):
        spots = blind_spots(conn, load_upstream().refusals, since=since)
    if form == "json":
        click.echo(json.dumps([spot.to_json() for spot in spots], ensure_ascii=False))
    else:
        for spot in spots:
            click.echo(_line(spot))
        if not spots:
            click.echo("无：本级判通过的记录没有被上级退回 / none")
    return 1 if any(spot.clause is None for spot in spots) else 0


def _line(spot: BlindSpot) -> str:
    examples = "、".join(f"#{version}" for version in spot.versions)
    return (
        f"{spot.clause or '未对应规则':12} {spot.refusals:6} 条 {spot.bodies:3} 个单位  "
        f"最近 {by_office_clock(spot.last_at):%m-%d %H:%M}  {'、'.join(spot.tables)}  "
        f"{spot.example}  例：{examples}"
    )
