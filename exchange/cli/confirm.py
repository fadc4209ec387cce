"""Read the verdicts of the platform above back, without sending anything."""

from __future__ import annotations

import json

import click

from exchange.rounds import delivering
from exchange.settings import Settings


@click.command()
def confirm() -> int:
    """Ask for the verdicts that are due. Prints one JSON line per way up.

    \b
    Example: exchange confirm
    """
    for version, summary in delivering.confirm_once(Settings.read()).items():
        click.echo(json.dumps({"standard": version} | summary.to_json(), ensure_ascii=False))
    return 0
