"""Compare the bodies' tables with what we hold, and show what the pull has missed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from exchange.cli.workers import chosen_bodies
from exchange.rounds.comparing import Compared, compare_all, misses
from exchange.settings import Settings


@click.command()
@click.option("--body", "bodies", multiple=True, help="Code of a body; default: all.")
@click.option("--show", is_flag=True, help="Compare nothing; show what was found before.")
@click.option("--days", type=click.IntRange(1), default=7, help="How many days to show.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
def sweep(bodies: tuple[str, ...], show: bool, days: int, form: str) -> int:
    """Compare every table, land what was missed; then the miss rate per body, table and day.

    Ends with 1 when this run found rows that the pull had missed or that have vanished, and with 2
    when a source could not be compared.

    \b
    Example: exchange sweep --body 420602
             exchange sweep --show --days 30 --format json
    """
    settings, chosen, now = Settings.read(), chosen_bodies(bodies), datetime.now(UTC)
    compared = [] if show else compare_all(settings, chosen, now=now)
    rows = misses(settings, chosen, since=(now - timedelta(days=days)).date())
    if form == "json":
        answer = {"compared": [_as_json(one) for one in compared], "days": rows}
        click.echo(json.dumps(answer, ensure_ascii=False, default=str))
    else:
        for one in compared:
            _print(one)
        _print_days(rows)
    if any(one.error for one in compared):
        return 2
    return 1 if any(one.swept.missed or one.swept.vanished for one in compared) else 0


def _as_json(one: Compared) -> dict[str, Any]:
    counts = {name: getattr(one.swept, name) for name in type(one.swept).__dataclass_fields__}
    return {"body": one.body, **counts, "error": one.error}


def _print(one: Compared) -> None:
    found = one.swept
    click.echo(
        f"{one.body:12} {found.compared} rows in {found.ranges} ranges, {found.seconds:.1f} s: "
        f"{found.missed} missed, {found.vanished} vanished, {found.waiting} under way"
    )
    if one.error:
        click.echo(f"{one.body:12} {one.error}", err=True)


def _print_days(rows: list[Mapping[str, Any]]) -> None:
    click.echo(
        f"{'day':11}{'body':12} {'std':4}{'table':24}{'compared':>10}{'pulled':>9}"
        f"{'missed':>8}{'rate':>9}{'vanished':>9}{'seconds':>9}"
    )
    for row in rows:
        click.echo(
            f"{row['day']!s:11}{row['body']:12} {row['standard']:4}{row['table_code']:24}"
            f"{row['rows_compared']:>10}{row['pulled']:>9}{row['missed']:>8}"
            f"{row['miss_rate']:>9.4%}{row['vanished']:>9}{row['seconds']:>9.2f}"
        )
