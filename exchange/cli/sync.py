"""Pull, land and judge what the bodies have: once, for a while, or until stopped."""

from __future__ import annotations

import json

import click

from exchange.cli.workers import chosen_bodies, stop_on_signals, until
from exchange.rounds.pulling import pull_shard
from exchange.settings import Settings


@click.command()
@click.option("--body", "bodies", multiple=True, help="Code of a body; default: all.")
@click.option("--once", is_flag=True, help="One sweep over each body, then end.")
@click.option("--seconds", type=float, help="End after so many seconds; default: never.")
def sync(bodies: tuple[str, ...], once: bool, seconds: float | None) -> int:
    """Pull, land and judge. Prints one JSON line per body; 1 when a body had trouble.

    \b
    Example: exchange sync --body 420602 --once
    """
    summaries = pull_shard(
        Settings.read(),
        chosen_bodies(bodies),
        until=until(seconds),
        stop=stop_on_signals(),
        once=once,
    )
    for code, summary in summaries.items():
        click.echo(json.dumps({"body": code} | summary.to_json(), ensure_ascii=False))
    return 1 if any(summary.errors for summary in summaries.values()) else 0
