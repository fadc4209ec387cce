"""Create or upgrade the store: server, roles, databases, structure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

import click

from exchange.ledger.signing import make_key
from exchange.settings import Settings
from exchange.store import addresses, migrate
from exchange.store.upkeep import keep_up


@click.command()
@click.option(
    "--only",
    type=click.Choice(["pre", "post"]),
    help="Only the migrations for before (pre) or after (post) the new program has taken over.",
)
def init(only: str | None) -> None:
    """Create the store, or bring it to what this program expects. May be run at any time.

    \b
    Example: exchange init
             exchange init --only pre
    """
    settings = Settings.read()
    addresses.provision(settings)
    done = migrate.migrate(addresses.owner_url(settings), only=cast("migrate.Phase | None", only))
    for name in done:
        click.echo(f"applied {name}")
    if make_key(settings.signing_key):
        click.echo(f"made the key that signs anchors and receipts: {settings.signing_key}")
    if keep_up(addresses.owner_url(settings), now=datetime.now(UTC)):
        click.echo("the store was restored from elsewhere; the ledger's chain goes on in it")
    click.echo(f"store ready ({len(done)} migrations applied now)")
