"""Read the ledger: the balance, one record's journey, what is slow, whether the chain holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import click

from exchange.cli.chain import anchor, key, seal, verify
from exchange.ledger.balance import BUCKETS, balance
from exchange.ledger.journey import Journey, journeys
from exchange.rounds.watching import HOPS
from exchange.settings import Settings
from exchange.store.addresses import app_url
from exchange.store.connection import Store
from exchange.store.queries import load

_format = click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
STAMP_NAMES = {
    "occurred_at": "业务发生",
    "committed_at": "前置库写入",
    "pulled_at": "拉取",
    "judged_at": "校验",
    "sent_at": "上报",
    "confirmed_at": "入库",
}


@click.group()
def ledger() -> None:
    """Read the ledger.

    \b
    Example: exchange ledger balance
    """


for _command in (anchor, key, seal, verify):
    ledger.add_command(_command)


@ledger.command("balance")
@click.option("--body", "bodies", multiple=True, help="Code of a body; default: all.")
@_format
def show_balance(bodies: tuple[str, ...], form: str) -> int:
    """The balance per body and table; ends with 1 if anything is unaccounted for.

    \b
    Example: exchange ledger balance --body 420602
    """
    with _store().transaction() as conn:
        found = balance(conn, bodies=bodies or None)
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
    return 1 if found.unaccounted else 0


@ledger.command()
@click.argument("key")
@_format
def show(key: str, form: str) -> int:
    """One record's journey with its six stamps, by version number, key, DFSJZJ or a key's value.

    \b
    Example: exchange ledger show 2306-420602-04-01-123450
    """
    with _store().transaction() as conn:
        found = journeys(conn, key)
    if form == "json":
        click.echo(json.dumps([_as_json(one) for one in found], ensure_ascii=False, default=str))
    else:
        for one in found:
            _print(one)
    if not found:
        click.echo(f"no record is known by {key!r}", err=True)
    return 0 if found else 1


@ledger.command()
@click.option("--limit", type=int, default=20)
def slow(limit: int) -> int:
    """The versions that wait longest for their acceptance above, and in which hop.

    \b
    Example: exchange ledger slow --limit 5
    """
    with _store().transaction() as conn:
        parameters = {"now": datetime.now(UTC), "limit": limit}
        rows = conn.execute(load("ledger")["slow_versions"], parameters).fetchall()
    for row in rows:
        click.echo(
            f"{row['age_s']:8.0f} s  {row['body']:12} {row['table_code']:24} {HOPS[row['state']]}"
            f"  #{row['id']}  {row['state_reason']}"
        )
    return 0


def _store() -> Store:
    return Store(app_url(Settings.read()), by="ledger")


def _as_json(one: Journey) -> dict[str, Any]:
    version = {
        name: value
        for name, value in one.version.items()
        if name not in {"raw", "content_hash", "defects"}
    }
    return {
        "version": version,
        "stamps": one.stamps,
        "moves": list(one.moves),
        "findings": list(one.findings),
        "deliveries": list(one.deliveries),
    }


def _print(one: Journey) -> None:
    version = one.version
    click.echo(
        f"#{version['id']} {version['body']} {version['standard']} {version['table_code']} "
        f"{version['record_key']} 第{version['revision']}版 {version['name_zh']}"
    )
    for name, text in STAMP_NAMES.items():
        click.echo(f"  {text:<6} {_time(version[name])}")
    for move in one.moves:
        origin = move["from_state"] or "·"
        click.echo(
            f"  {_time(move['at'])} {origin} → {move['to_state']}  {move['why']}  [{move['by']}]"
        )
    for finding in one.findings:
        click.echo(f"  ✗ {finding['rule']}: {finding['detail']['message']}")
    for delivery in one.deliveries:
        click.echo(f"  ↑ {_delivery(delivery)}")


def _delivery(row: Mapping[str, Any]) -> str:
    serial = row["lsh"] or "—"
    reason = f" {row['reason']}" if row["reason"] else ""
    return f"{row['kind']} {row['outcome'] or 'not sent'} LSH={serial}{reason}"


def _time(value: datetime | None) -> str:
    return value.astimezone().isoformat(sep=" ", timespec="milliseconds") if value else "—"
