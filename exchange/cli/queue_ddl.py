"""Print the statements by which a county sets up a change queue beside its front database."""

from __future__ import annotations

from typing import Any

import click

from connectors.county import load_bodies
from connectors.queue_ddl import queue_statements, trigger_statements
from exchange.cli.workers import chosen_bodies
from schemas import load

DIALECTS = ("postgresql", "kingbase", "mysql", "oracle", "dameng")


@click.command("queue-ddl")
@click.argument("body")
@click.option("--dialect", type=click.Choice(DIALECTS), required=True, help="The county's product.")
@click.option("--standard", "version", help="Version of the standard; default: all it delivers.")
@click.option("--schema", help="Schema of the front database, where it is not the account's own.")
def queue_ddl(body: str, dialect: Any, version: str | None, schema: str | None) -> None:
    """Print the change queue's table and triggers, for the county's administrator to run.

    \b
    Example: exchange queue-ddl 420602 --dialect mysql > queue.sql
    """
    (code,) = chosen_bodies([body])
    feeds = load_bodies()[code].feeds
    end = "\n/\n" if dialect in {"oracle", "dameng"} else ";\n"
    if dialect == "mysql":
        end = "$$\n"
        click.echo("DELIMITER $$")
    for statement in queue_statements(dialect, schema=schema):
        click.echo(statement + end)
    for name in [version] if version else list(feeds):
        feed = feeds[name]
        unique = feed.options.get("unique") or ["LSH"]
        for table in feed.tables_of(load(name)):
            for statement in trigger_statements(table, dialect, unique=unique, schema=schema):
                click.echo(statement + end)
