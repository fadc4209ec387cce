"""Bodies that normally report a table and went quiet."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime

import click

from exchange.rounds.silence import find_silent
from exchange.settings import Settings


@click.command()
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
def silent(form: str) -> int:
    """Compare every body's tables with their own habit by weekday; 1 when one is silent.

    Only working days count. A body without a habit is never called silent.

    \b
    Example: exchange silent --format json
    """
    found = find_silent(Settings.read(), now=datetime.now(UTC))
    if form == "json":
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, default=str))
    for one in found if form == "table" else ():
        click.echo(str(one))
    return 1 if found else 0
