"""Serve the status page: is the promise kept now, and if not, who is slow."""

from __future__ import annotations

import ipaddress

import click
import uvicorn

from exchange.promise.app import status_app
from exchange.rounds.loop import now
from exchange.rounds.promise import promise
from exchange.rounds.wiring import opened, register_bodies
from exchange.settings import Settings


@click.command("serve-clocks")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, help="Default: SPGL_STATUS_PORT.")
def serve_clocks(host: str, port: int | None) -> None:
    """Serve /promise (page), /promise.json (503 when the promise is broken) and /healthz.

    On another address than the machine's own it needs SPGL_STATUS_TOKEN; put TLS before it.

    \b
    Example: exchange serve-clocks --port 8731
    """
    settings = Settings.read()
    if settings.status_token is None and not _is_loopback(host):
        raise click.UsageError(
            f"{host} can be reached by others: set SPGL_STATUS_TOKEN, or keep 127.0.0.1"
        )
    with opened(settings, work="status") as exchange:
        register_bodies(exchange)
        app = status_app(lambda: promise(exchange, now=now()), token=settings.status_token)
        uvicorn.run(app, host=host, port=port or settings.status_port, log_level="warning")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
