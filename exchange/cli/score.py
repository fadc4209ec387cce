"""Write the scorecard of a day as one page and one workbook."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click

from exchange.notices.days import day_of
from exchange.rounds.outflow import score as write
from exchange.settings import Settings


@click.command()
@click.option(
    "--day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Any day of the ledger, also today as far as it has come; default: yesterday.",
)
@click.option(
    "-o",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write into <folder>/<day>/; default: scorecards/ in the state folder.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def score(day: datetime | None, folder: Path | None, form: str) -> None:
    """Compute the scorecard of a day from the ledger and print where its files are.

    \b
    Example: exchange score --day 2026-11-22
             exchange score --day 2026-11-22 -o /tmp
    """
    now = datetime.now(UTC)
    scored: date = day.date() if day else day_of(now) - timedelta(days=1)
    paths = [str(path) for path in write(Settings.read(), day=scored, now=now, folder=folder)]
    if form == "json":
        click.echo(json.dumps({"day": scored.isoformat(), "files": paths}))
    else:
        click.echo("\n".join(paths))
