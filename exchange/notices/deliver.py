"""Deliver what was issued: the kept documents go through the body's channel, with proof.

Apart from issuing, because a channel can be down for hours; no notice is issued twice for that.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from exchange.errors import StopError
from exchange.notices.channels import Channel, NotDeliveredError, Parcel
from exchange.store.connection import Conn
from exchange.store.documents import DocumentLostError, fetch
from exchange.store.queries import load

Q = load("notices")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt; ``error`` is None when the notice has arrived."""

    notice: int
    number: str
    error: str | None = None


class NoSuchChannelError(StopError):
    """The notice {number} is to go by {channel!r}; known are {known}.

    Configure that channel and start again; the notice is delivered then.
    """


def deliver_next(
    conn: Conn,
    documents: Path,
    channels: Mapping[str, Channel],
    now: datetime,
    passed_over: Collection[int] = (),
) -> Delivery | None:
    """Deliver the oldest undelivered notice that is not ``passed_over``; None when there is none.

    A failure is written beside the notice, which stays undelivered for the next round.
    """
    row = conn.execute(Q["undelivered_notice"], {"passed_over": list(passed_over)}).fetchone()
    if row is None:
        return None
    try:
        channel = _channel(channels, row["channel"], row["number"])
        files = {
            entry["name"]: fetch(documents, entry["sha256"]) for entry in row["files"]["documents"]
        }
        proof = channel.deliver(Parcel(row["number"], row["body"], files), now)
    except (NotDeliveredError, DocumentLostError, NoSuchChannelError) as error:
        conn.execute(Q["notice_not_delivered"], {"notice": row["id"], "error": str(error)})
        return Delivery(row["id"], row["number"], str(error))
    conn.execute(
        Q["notice_delivered"],
        {"notice": row["id"], "now": now, "proof": json.dumps(proof, ensure_ascii=False)},
    )
    return Delivery(row["id"], row["number"])


def _channel(channels: Mapping[str, Channel], name: str, number: str) -> Channel:
    if name not in channels:
        known = ", ".join(sorted(channels))
        raise NoSuchChannelError(number=number, channel=name, known=known)
    return channels[name]
