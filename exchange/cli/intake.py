"""Serve the HTTP intake, where bodies push their rows to us."""

from __future__ import annotations

import click
import uvicorn

from exchange.landing.intake import Sender, intake_app
from exchange.ledger.signing import read_key
from exchange.rounds.loop import now
from exchange.rounds.wiring import Exchange, opened, register_bodies
from exchange.settings import Settings
from exchange.store.disk import room

CONNECTOR = "http_intake"


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, help="Default: SPGL_INTAKE_PORT.")
def intake(host: str, port: int | None) -> None:
    """Serve until stopped. Behind a reverse proxy with TLS in production.

    \b
    Example: exchange intake --port 8730
    """
    settings = Settings.read()
    with opened(settings, work="intake") as exchange:
        register_bodies(exchange)
        key = read_key(settings.signing_key)
        app = intake_app(
            exchange.store,
            senders(exchange),
            key=key,
            clock=now,
            is_full=lambda: room(settings.state, settings.disk_free_mb).state == "stop",
        )
        uvicorn.run(app, host=host, port=port or settings.intake_port, log_level="warning")


def senders(exchange: Exchange) -> list[Sender]:
    """The bodies that push to us, each with the token stored under its feeds' connection."""
    found: list[Sender] = []
    for body in exchange.bodies.values():
        if body.connector != CONNECTOR:
            continue
        standards = {version: exchange.standard(body.code, version) for version in body.feeds}
        tokens = {exchange.connections.url(feed.connection) for feed in body.feeds.values()}
        found.extend(Sender(body, token, standards) for token in tokens)
    return found
