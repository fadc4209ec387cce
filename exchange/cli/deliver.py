"""Send what passed and follow it to the verdict of the platform above."""

from __future__ import annotations

import json

import click

from exchange.cli.workers import stop_on_signals, until
from exchange.rounds import delivering
from exchange.settings import Settings


@click.command()
@click.option("--once", is_flag=True, help="Only what is due now, then end.")
@click.option("--seconds", type=float, help="End after so many seconds; default: never.")
def deliver(once: bool, seconds: float | None) -> int:
    """Send, ask and confirm. Prints one JSON line per way up; 1 when one had trouble.

    \b
    Example: exchange deliver --once
    """
    settings = Settings.read()
    if once:
        summaries = delivering.deliver_once(settings)
    else:
        stop = stop_on_signals()
        summaries = delivering.deliver(settings, until=until(seconds), stop=stop)
    for version, summary in summaries.items():
        click.echo(json.dumps({"standard": version} | summary.to_json(), ensure_ascii=False))
    return 1 if any(summary.trouble for summary in summaries.values()) else 0
