"""Read the ledger: the balance, one record's journey, what is slow, whether the chain holds."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime

import click

from exchange.cli.chain import anchor, key, seal, verify
from exchange.cli.hand_out import hand_out
from exchange.cli.prove import prove
from exchange.cli.show import receipt, show
from exchange.delivery.gaps import gaps
from exchange.ledger.balance import BUCKETS, balance
from exchange.ledger.clocks import HOP_OF_STATE, HOPS
from exchange.notices.days import by_office_clock
from exchange.settings import Settings
from exchange.store.addresses import app_url
from exchange.store.connection import Store
from exchange.store.queries import load

_format = click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")


@click.group()
def ledger() -> None:
    """Read the ledger.

    \b
    Example: exchange ledger balance
    """


for _command in (anchor, hand_out, key, prove, receipt, seal, show, verify):
    ledger.add_command(_command)


@ledger.command("balance")
@click.option("--body", "bodies", multiple=True, help="Code of a body; default: all.")
@click.option("--full", is_flag=True, help="Count everything anew and compare; costs minutes.")
@_format
def show_balance(bodies: tuple[str, ...], form: str, full: bool) -> int:
    """The balance per body and table; ends with 1 if anything is unaccounted for.

    \b
    Example: exchange ledger balance --body 420602
             exchange ledger balance --full
    """
    with closing(_store()) as store, store.transaction() as conn:
        found = balance(conn, bodies=bodies or None, full=full)
    if form == "json":
        click.echo(json.dumps(found.to_json(), ensure_ascii=False))
    else:
        names = ("acknowledged", *BUCKETS, "unaccounted")
        click.echo(f"{'body':12} {'std':5} {'table':24}" + "".join(f"{n:>13}" for n in names))
        for line in found.lines:
            counts = "".join(f"{getattr(line, name):>13}" for name in names)
            click.echo(f"{line.body:12} {line.standard:5} {line.table_code:24}{counts}")
        total = found.total()
        click.echo(f"{'all':43}" + "".join(f"{total[name]:>13}" for name in names))
        for version in found.broken_journeys:
            click.echo(f"the journey of version {version} has a gap")
        for line in found.miscounted:
            click.echo(f"the recount and the running count differ: {line}")
    return 1 if found.unaccounted else 0


@ledger.command()
@click.option("--body", help="Code of a body; default: all.")
@click.option("--limit", type=int, default=20)
def slow(body: str | None, limit: int) -> int:
    """The versions that wait longest for their acceptance above, and in which hop.

    \b
    Example: exchange ledger slow --limit 5
             exchange ledger slow --body 420602
    """
    with closing(_store()) as store, store.transaction() as conn:
        parameters = {"now": datetime.now(UTC), "body": body, "limit": limit}
        rows = conn.execute(load("ledger")["slow_versions"], parameters).fetchall()
    for row in rows:
        click.echo(
            f"{row['age_s']:8.0f} s  {row['body']:12} {row['table_code']:24} {_hop(row['state'])}"
            f"  #{row['id']}  {row['state_reason']}"
        )
    return 0


@ledger.command("gaps")
@click.option("--body", help="Code of a body; default: all.")
@_format
def show_gaps(body: str | None, form: str) -> int:
    """Records invalidated above whose correction is stuck here; ends with 1 if there are any.

    \b
    Example: exchange ledger gaps --body 420602
    """
    with closing(_store()) as store, store.transaction() as conn:
        found = gaps(conn, body=body)
    if form == "json":
        click.echo(json.dumps([gap.to_json() for gap in found], ensure_ascii=False))
    else:
        for gap in found:
            click.echo(
                f"{by_office_clock(gap.since):%m-%d %H:%M}  {gap.body:12} {gap.table_code:24} "
                f"#{gap.id}  {gap.name_zh}  {gap.state_reason}"
            )
        if not found:
            click.echo("无 / none")
    return 1 if found else 0


def _hop(state: str) -> str:
    hop = HOPS[HOP_OF_STATE[state]]
    return f"{hop.name}（{hop.owner}）"


def _store() -> Store:
    return Store(app_url(Settings.read()), by="ledger")
