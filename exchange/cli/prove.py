"""Prove the ledger as each night does: the chain with its anchors, and the full recount."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime

import click

from exchange.ledger.proof import NAMES, Proof, last_proofs
from exchange.notices.days import by_office_clock
from exchange.rounds.proving import prove_balance, prove_chain
from exchange.settings import Settings
from exchange.store.addresses import app_url
from exchange.store.connection import Store


@click.command()
@click.option("--show", is_flag=True, help="The last results, without proving anything now.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def prove(show: bool, form: str) -> int:
    """Verify chain, anchors and balance, and keep the result; ends with 1 if anything differs.

    \b
    Example: exchange ledger prove
             exchange ledger prove --show
    """
    settings, now = Settings.read(), datetime.now(UTC)
    if show:
        with closing(Store(app_url(settings), by="ledger")) as store, store.transaction() as conn:
            proofs = last_proofs(conn)
    else:
        proofs = [prove_chain(settings, now=now), prove_balance(settings, now=now)]
    if form == "json":
        click.echo(json.dumps([proof.to_json() for proof in proofs], ensure_ascii=False))
    else:
        for proof in proofs:
            _tell(proof)
        if not proofs:
            click.echo("从未核验 / never proved")
    return 0 if proofs and all(proof.holds for proof in proofs) else 1


def _tell(proof: Proof) -> None:
    numbers = "  ".join(f"{name} {value}" for name, value in proof.facts.items())
    verdict = "相符" if proof.holds else f"{len(proof.differences)} 处不符"
    at = f"{by_office_clock(proof.at):%Y-%m-%d %H:%M}"
    click.echo(f"{NAMES[proof.kind]}  {at}  {verdict}  {proof.seconds:.1f} s  {numbers}")
    for difference in proof.differences:
        click.echo(f"✗ {difference}")
