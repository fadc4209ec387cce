"""Everything at a glance: per body, in all, and how long records took."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exchange.store.connection import Conn
from exchange.store.queries import load

Q = load("ledger")


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds from the commit at the source to the confirmation above, over confirmed versions."""

    confirmed: int
    p50: float | None
    p95: float | None
    p99: float | None


@dataclass(frozen=True, slots=True)
class Status:
    """Counts per body as the store has them, and latencies by body; ``None`` is all bodies."""

    bodies: list[dict[str, Any]]
    latency: dict[str | None, Latency]


def status(conn: Conn, *, since: datetime) -> Status:
    """The present counts, and the latency of what was confirmed since ``since``."""
    latency = {
        row["body"]: Latency(row["confirmed"], *(round(value, 2) for value in row["seconds"]))
        for row in conn.execute(Q["latency"], {"since": since})
        if row["confirmed"]
    }
    latency.setdefault(None, Latency(0, None, None, None))
    return Status([dict(row) for row in conn.execute(Q["bodies_now"])], latency)
