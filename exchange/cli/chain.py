"""Seal the ledger and verify its chain."""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from typing import Any

import click

from exchange.ledger.seal import seal as seal_all
from exchange.ledger.seal import tail
from exchange.ledger.verify import Verified
from exchange.ledger.verify import verify as verify_all
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
    store = _store()
    sealed = seal_all(store, now=datetime.now(UTC))
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
def verify(form: str) -> int:
    """Compute the whole chain anew; ends with 1 and names every row that is not as it was sealed.

    \b
    Example: exchange ledger verify
    """
    store = _store()
    began = time.perf_counter()
    found = verify_all(store, progress=_progress)
    seconds = time.perf_counter() - began
    with store.transaction() as conn:
        left = tail(conn, now=datetime.now(UTC))
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
