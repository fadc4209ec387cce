"""The nightly proofs of the ledger: the chain with yesterday's anchor, and the full recount."""

from __future__ import annotations

from datetime import datetime

from exchange.ledger import proof
from exchange.ledger.proof import Proof
from exchange.ledger.seal import seal
from exchange.rounds.sealing import anchor_day, last_day
from exchange.rounds.wiring import opened
from exchange.settings import Settings

ANCHOR_FILES = 31


def prove_chain(settings: Settings, *, now: datetime) -> Proof:
    """Seal, see that yesterday has its anchor, and verify the chain against the kept anchors.

    The files of the last month in the state folder are compared too: the store that is looked at
    does not own them.
    """
    with opened(settings, work="prove") as exchange:
        seal(exchange.store, now=now)
        anchor_day(exchange, last_day(exchange, now), now=now)
        files = sorted((settings.state / "anchors").glob("anchor-*.json"))
        return proof.prove_chain(exchange.store, files[-ANCHOR_FILES:], now=now)


def prove_balance(settings: Settings, *, now: datetime) -> Proof:
    """Count everything anew beside the running count."""
    with opened(settings, work="prove") as exchange:
        return proof.prove_balance(exchange.store, now=now)
