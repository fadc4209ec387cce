"""Hand the receipts of the days that are over out to the bodies."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from exchange.rounds.receipts import hand_out_receipts
from exchange.settings import Settings


@click.command("hand-out")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def hand_out(form: str) -> int:
    """Make the files with receipts up to yesterday and deliver them, as each night does.

    Each receipt is handed out once. Ends with 1 when a file could not be delivered; the next
    `exchange chase` tries it again.

    \b
    Example: exchange ledger hand-out
    """
    done = hand_out_receipts(Settings.read(), now=datetime.now(UTC))
    if form == "json":
        click.echo(json.dumps(done.to_json(), ensure_ascii=False))
    else:
        click.echo(f"制作 {len(done.made)} 份，送达 {len(done.delivered)} 份")
        for failure in done.failures:
            click.echo(f"✗ {failure}")
    return 1 if done.failures else 0
