"""Issue and deliver notices, remind, close what is mended, draft the circular."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from exchange.rounds.outflow import chase as one_round
from exchange.settings import Settings


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def chase(form: str) -> int:
    """One round over all cases; 1 when a notice could not be written or delivered.

    Notices wait in the state folder under notices/<body>/, drafts of circulars under circulars/.

    \b
    Example: exchange chase
             exchange chase --format json
    """
    summary = one_round(Settings.read(), now=datetime.now(UTC))
    told = json.dumps(summary.to_json(), ensure_ascii=False) if form == "json" else str(summary)
    click.echo(told)
    return 1 if summary.failures else 0
