"""The bodies that send us data: how they are configured, and how they do now."""

from __future__ import annotations

import json
from typing import Any

import click

from connectors.county import Body, load_bodies
from exchange.cli.workers import chosen_bodies


@click.command()
@click.argument("codes", nargs=-1)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
def bodies(codes: tuple[str, ...], form: str) -> None:
    """List the bodies, or the ones named.

    \b
    Example: exchange bodies 420602 --format json
    """
    known = load_bodies()
    found = [known[code] for code in chosen_bodies(codes)]
    if form == "json":
        click.echo(json.dumps([_as_json(body) for body in found], ensure_ascii=False))
        return
    for body in found:
        feeds = ", ".join(sorted(body.feeds))
        every = f"{body.every.total_seconds():g} s"
        click.echo(f"{body.code:12} {body.connector:16} {feeds:10} {every:>6}  {body.name}")


def _as_json(body: Body) -> dict[str, Any]:
    return {
        "code": body.code,
        "name": body.name,
        "divisions": sorted(body.divisions),
        "effective_from": body.effective_from.isoformat(),
        "connector": body.connector,
        "every_s": body.every.total_seconds(),
        "feeds": {
            version: {"connection": feed.connection, "tables": feed.tables}
            for version, feed in body.feeds.items()
        },
    }
