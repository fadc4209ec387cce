"""The breaker of an upstream: after some failures in a row nobody knocks for a while.

Its state is in the store, shared by all workers.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from exchange.store.connection import Conn
from exchange.store.queries import load

Q = load("delivery")
THRESHOLD = 3
OPEN_S = 5
ERROR_LENGTH = 300


def may_send(conn: Conn, upstream: str, now: datetime) -> bool:
    """Whether the breaker lets us through; after a pause it does, to see whether things mended."""
    conn.execute(Q["register_upstream"], {"name": upstream})
    row = conn.execute(Q["breaker"], {"name": upstream}).fetchone()
    return row is None or row["open_until"] is None or row["open_until"] <= now


def succeeded(conn: Conn, upstream: str) -> None:
    """The upstream answered."""
    conn.execute(Q["breaker_success"], {"name": upstream})


def failed(conn: Conn, upstream: str, error: str, now: datetime) -> None:
    """The upstream did not answer; at the third time running the breaker opens for seconds."""
    conn.execute(
        Q["breaker_failure"],
        {
            "name": upstream,
            "error": error[:ERROR_LENGTH],
            "threshold": THRESHOLD,
            "open_until": now + timedelta(seconds=OPEN_S),
        },
    )
