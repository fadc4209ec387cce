"""Seal the ledger and verify its chain."""

from __future__ import annotations

import json
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from exchange.ledger.anchor import block_texts, compare, compare_issued, read_anchor
from exchange.ledger.balance import fold
from exchange.ledger.seal import seal as seal_all
from exchange.ledger.seal import tail
from exchange.ledger.signing import fingerprint, read_key
from exchange.ledger.verify import Verified
from exchange.ledger.verify import verify as verify_all
from exchange.rounds.sealing import anchor_of
from exchange.settings import Settings
from exchange.store.addresses import app_url
from exchange.store.connection import Store

_format = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")


@click.command()
@_format
def seal(form: str) -> None:
    """Seal what was committed into blocks of the chain, as the rounds do every two seconds.

    \b
    Example: exchange ledger seal
    """
    with closing(_store()) as store:
        sealed = seal_all(store, now=datetime.now(UTC))
        fold(store)
        with store.transaction() as conn:
            left = tail(conn, now=datetime.now(UTC))
    facts = {
        "blocks": sealed.blocks, "rows": sealed.rows, "busy": sealed.busy,
        "unsealed_rows": left.rows, "unsealed_s": round(left.oldest_s, 1),
    }  # fmt: skip
    if form == "json":
        click.echo(json.dumps(facts))
        return
    click.echo(f"sealed {sealed.rows} rows in {sealed.blocks} blocks" + " (busy)" * sealed.busy)
    click.echo(f"unsealed {left.rows} rows, the oldest for {left.oldest_s:.1f} s")


@click.command()
@_format
@click.option(
    "--anchor",
    "file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="An anchor file: what it says must still be part of the chain.",
)
def verify(form: str, file: Path | None) -> int:
    """Compute the whole chain anew; ends with 1 and names every row that is not as it was sealed.

    \b
    Example: exchange ledger verify
             exchange ledger verify --anchor anchor-2026-11-21.json
    """
    given = read_anchor(file) if file else None
    began = time.perf_counter()
    with closing(_store()) as store:
        found = verify_all(store, progress=_progress)
        with store.transaction() as conn:
            found.faults += compare_issued(conn)
            found.faults += compare(conn, given) if given else []
            left = tail(conn, now=datetime.now(UTC))
    seconds = time.perf_counter() - began
    facts: dict[str, Any] = {
        "blocks": found.blocks, "rows": found.rows, "head": found.head.hex(),
        "seconds": round(seconds, 2),
        "unsealed_rows": left.rows, "unsealed_s": round(left.oldest_s, 1),
        "faults": [
            {"block": one.block, "what": one.what, "kind": one.kind, "key": one.key,
             "text": one.text}
            for one in found.faults
        ],
    }  # fmt: skip
    if form == "json":
        click.echo(json.dumps(facts, ensure_ascii=False))
    else:
        _tell(found, facts)
    return 1 if found.faults else 0


@click.command()
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Default: yesterday.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
@click.option(
    "--blocks",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the texts of the day's blocks too, a JSON string a line.",
)
def anchor(day: datetime | None, out: Path, blocks: Path | None) -> None:
    """Write the signed anchor of a day, to be kept by an outsider; see docs/how-to.

    \b
    Example: exchange ledger anchor --day 2026-11-21 --out anchor-2026-11-21.json
    """
    wanted = day.date() if day else None
    made = anchor_of(Settings.read(), wanted, now=datetime.now(UTC))
    out.write_text(made.to_json(), "utf-8")
    if blocks:
        with closing(_store()) as store, store.transaction() as conn:
            texts = [json.dumps(text) + "\n" for text in block_texts(conn, made)]
        blocks.write_text("".join(texts), "utf-8")
    head = made.content["head"]
    click.echo(f"{out}: {made.content['day']}, block {head['block']}, {head['hash']}")
    if not made.content["complete"]:
        click.echo("the day is not over: this is a first look, not its anchor", err=True)


@click.command()
def key() -> None:
    """Print the public key that checks anchors and receipts, as a PEM file with its fingerprint.

    \b
    Example: exchange ledger key > ledger-key.pem
    """
    pair = read_key(Settings.read().signing_key)
    click.echo(pair.public_pem(), nl=False)
    click.echo(f"SM2, {fingerprint(pair.public)}", err=True)


def _tell(found: Verified, facts: dict[str, Any]) -> None:
    for fault in found.faults:
        click.echo(f"✗ 第 {fault.block} 块：{fault.text}")
    verdict = f"{len(found.faults)} faults" if found.faults else "the chain holds"
    click.echo(
        f"{verdict}: {found.rows} rows in {found.blocks} blocks, {facts['seconds']} s; "
        f"unsealed {facts['unsealed_rows']} rows, the oldest for {facts['unsealed_s']} s"
    )
    click.echo(f"head {facts['head']}")


def _progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{done}/{of} blocks", nl=done >= of, err=True)


def _store() -> Store:
    return Store(app_url(Settings.read()), by="ledger")
