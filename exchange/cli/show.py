"""Show one record of the ledger: its stamps, whose time it took, its receipts, its place."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import click

from exchange.ledger.hops import OWNERS, Hop, hops, shares
from exchange.ledger.journey import Journey, journeys
from exchange.ledger.receipts import Receipt, receipts
from exchange.ledger.signing import NoSigningKeyError, SigningKey, read_key
from exchange.notices.days import by_office_clock
from exchange.promise.page import span
from exchange.settings import Settings
from exchange.store.addresses import app_url
from exchange.store.connection import Conn, Store
from schemas.self_check import SelfCheck

_format = click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
STAMP_NAMES = {
    "occurred_at": "业务发生",
    "committed_at": "前置库写入",
    "pulled_at": "拉取",
    "judged_at": "校验",
    "sent_at": "上报",
    "confirmed_at": "入库",
}
NOT_SHOWN = {"raw", "content_hash", "defects"}


@click.command()
@click.argument("key")
@_format
def show(key: str, form: str) -> int:
    """One record's journey: stamps, hops, receipts and its blocks in the chain.

    KEY is a version number, a record key, a DFSJZJ or a value of a key.

    \b
    Example: exchange ledger show 2306-420602-04-01-123450
    """
    settings, now = Settings.read(), datetime.now(UTC)
    with closing(Store(app_url(settings), by="ledger")) as store, store.transaction() as conn:
        found = journeys(conn, key)
        given = _receipts(conn, found, _key(settings))
    if form == "json":
        told = [_as_json(one, given, now) for one in found]
        click.echo(json.dumps(told, ensure_ascii=False, default=str))
    else:
        for one in found:
            _print(one, given.get(one.version["id"], ()), now)
    return _known(key, found)


@click.command()
@click.argument("key")
def receipt(key: str) -> int:
    """The signed receipts of a record as JSON: 收讫, 校验 and 入库, as they were issued first.

    \b
    Example: exchange ledger receipt 2306-420602-04-01-123450
    """
    settings = Settings.read()
    with closing(Store(app_url(settings), by="ledger")) as store, store.transaction() as conn:
        found = journeys(conn, key)
        given = _receipts(conn, found, read_key(settings.signing_key))
    told = [one.to_json() for of_version in given.values() for one in of_version]
    click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    return _known(key, found)


def _known(key: str, found: Sequence[Journey]) -> int:
    if not found:
        click.echo(f"no record is known by {key!r}", err=True)
    return 0 if found else 1


def _key(settings: Settings) -> SigningKey | None:
    """Reading the ledger needs no key: then it shows no receipts."""
    try:
        return read_key(settings.signing_key)
    except NoSigningKeyError:
        return None


def _receipts(
    conn: Conn, found: Sequence[Journey], key: SigningKey | None
) -> dict[int, list[Receipt]]:
    if key is None or not found:
        return {}
    given: dict[int, list[Receipt]] = {}
    for one in receipts(conn, [one.version["id"] for one in found], key):
        given.setdefault(one.version, []).append(one)
    return given


def _self_check(version: Mapping[str, Any]) -> str:
    said = SelfCheck.read(version["self_check"])
    if said is None or not version["self_check_recognised"]:
        return f"自查码与内容不符：{version['self_check']}"
    counts = f"可上报 {said.passed}，不可上报 {said.failed}"
    return f"本地已自查：规则集 {said.rules}，{counts}（{said.code}）"


def _as_json(one: Journey, given: Mapping[int, list[Receipt]], now: datetime) -> dict[str, Any]:
    version = {name: value for name, value in one.version.items() if name not in NOT_SHOWN}
    hopped = hops(one.version, one.moves, now=now)
    return {
        "version": version,
        "stamps": one.stamps,
        "moves": list(one.moves),
        "hops": [hop.to_json() for hop in hopped],
        "seconds_of": {owner: round(value, 3) for owner, value in shares(hopped).items()},
        "findings": list(one.findings),
        "deliveries": list(one.deliveries),
        "receipts": [receipt.to_json() for receipt in given.get(version["id"], ())],
    }


def _print(one: Journey, given: Sequence[Receipt], now: datetime) -> None:
    version = one.version
    click.echo(
        f"#{version['id']} {version['body']} {version['standard']} {version['table_code']} "
        f"{version['record_key']} 第{version['revision']}版 {version['name_zh']}"
    )
    for name, text in STAMP_NAMES.items():
        click.echo(f"  {text:<6} {_time(version[name])}")
    if version["self_check"] is not None:
        click.echo(f"  {_self_check(version)}")
    for move in one.moves:
        origin = move["from_state"] or "·"
        block = f"第{move['block']}块" if move["block"] else "未封存"
        click.echo(
            f"  {_time(move['at'])} {origin} → {move['to_state']}  {move['why']}"
            f"  [{move['by']}] {block}"
        )
    hopped = hops(version, one.moves, now=now)
    for hop in hopped:
        click.echo(f"  ⏱ {_hop(hop)}")
    parts = "，".join(f"{OWNERS[owner]} {span(value)}" for owner, value in shares(hopped).items())
    click.echo(f"  用时：{parts}")
    for finding in one.findings:
        click.echo(f"  {_finding(finding)}")
    for delivery in one.deliveries:
        click.echo(f"  ↑ {_delivery(delivery)}")
    for receipt in given:
        outcome = receipt.content.get("outcome") or receipt.content.get("serial") or ""
        at = _time(datetime.fromisoformat(receipt.content["at"]))
        click.echo(f"  ✉ {receipt.number} {at} {outcome}")


def _finding(row: Mapping[str, Any]) -> str:
    told = f"{row['rule']}: {row['detail']['message']}"
    if row["closed_at"] is None:
        return f"✗ {told}"
    return f"✓ {told}（{_time(row['closed_at'])} 了结：{row['closed_why']}）"


def _hop(hop: Hop) -> str:
    still = "（至今）" if hop.open else ""
    return f"{hop.name} {span(hop.seconds)}{still}：{OWNERS[hop.owner]}"


def _delivery(row: Mapping[str, Any]) -> str:
    serial = row["lsh"] or "—"
    reason = f" {row['reason']}" if row["reason"] else ""
    return f"{row['kind']} {row['outcome'] or 'not sent'} LSH={serial}{reason}"


def _time(value: datetime | None) -> str:
    return by_office_clock(value).isoformat(sep=" ", timespec="milliseconds") if value else "—"
