"""Receipts on their way to the bodies: made for the days that are over, delivered like notices."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from exchange.ledger.receipt_files import make_files
from exchange.ledger.receipts import Q
from exchange.ledger.seal import seal
from exchange.ledger.signing import read_key
from exchange.notices.channels import FolderChannel, NotDeliveredError, Parcel
from exchange.notices.chase import DOCUMENTS, OUTBOX
from exchange.rounds.sealing import last_day
from exchange.rounds.wiring import Exchange, opened
from exchange.settings import Settings
from exchange.store.connection import Conn
from exchange.store.documents import DocumentLostError, fetch


@dataclass(slots=True)
class HandedOut:
    """What one round came to, by names of files."""

    made: list[str] = field(default_factory=list)
    delivered: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return asdict(self)


def hand_out_receipts(settings: Settings, *, now: datetime) -> HandedOut:
    """Make the files of the days that are over, and put them where the bodies find their notices.

    A file whose body cannot be reached stays on the list; each round of the chase tries it again.
    """
    with opened(settings, work="receipts") as exchange:
        seal(exchange.store, now=now)
        made = make_files(
            exchange.store,
            last_day(exchange, now),
            exchange.policy(now).zone,
            read_key(settings.signing_key),
            settings.state / DOCUMENTS,
            now=now,
        )
        handed_out = deliver_files(exchange, now=now)
    handed_out.made = made
    return handed_out


def deliver_files(exchange: Exchange, *, now: datetime) -> HandedOut:
    """Deliver what was made and has not arrived; two rounds at once share the work."""
    summary = HandedOut()
    passed_over: list[int] = []
    while True:
        with exchange.store.transaction() as conn:
            row = conn.execute(Q["undelivered_file"], {"passed_over": passed_over}).fetchone()
            if row is None:
                return summary
            passed_over.append(row["id"])
            error = _deliver(conn, exchange, row, now)
        if error is None:
            summary.delivered.append(row["name"])
        else:
            summary.failures.append(error)


def _deliver(conn: Conn, exchange: Exchange, row: dict[str, Any], now: datetime) -> str | None:
    """One file, with proof; returns why it did not arrive."""
    state = exchange.settings.state
    try:
        content = fetch(state / DOCUMENTS, row["sha256"])
        parcel = Parcel(row["name"], row["body"], {row["name"]: content})
        proof = FolderChannel(state / OUTBOX).deliver(parcel, now)
    except (NotDeliveredError, DocumentLostError) as error:
        conn.execute(Q["file_not_delivered"], {"id": row["id"], "error": str(error)})
        return str(error)
    told = {"id": row["id"], "now": now, "proof": json.dumps(proof, ensure_ascii=False)}
    conn.execute(Q["file_delivered"], told)
    return None
