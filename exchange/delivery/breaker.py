"""The breaker of an upstream: after some failures in a row nobody knocks for a while.

Its state is in the store, shared by all workers. After the pause one worker tries one record
(``trial``); the others wait for what comes of it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from exchange.store.connection import Conn
from exchange.store.queries import load

Q = load("lanes")
Gate = Literal["closed", "trial", "open"]
THRESHOLD = 3
OPEN_S = 5
DOWN_WITHIN_S = 30
ERROR_LENGTH = 300


def gate(conn: Conn, upstream: str, now: datetime) -> Gate:
    """How the breaker stands for this worker: closed lets everything through, trial one record.

    A trial is this worker's own until its transaction ends; ``begin_trial`` keeps it beyond that.
    """
    row = conn.execute(Q["breaker"], {"name": upstream}).fetchone()
    if row is None:
        conn.execute(Q["register_upstream"], {"name": upstream})
        return "closed"
    if row["open_until"] is None:
        return "closed"
    if row["open_until"] > now:
        return "open"
    ours = conn.execute(Q["lock_for_trial"], {"name": upstream, "now": now}).fetchone()
    return "open" if ours is None else "trial"


def begin_trial(conn: Conn, upstream: str, now: datetime) -> None:
    """A record goes to try; if this worker dies another may try after the usual pause."""
    trial = {"name": upstream, "open_until": now + timedelta(seconds=OPEN_S)}
    conn.execute(Q["begin_trial"], trial)


def succeeded(conn: Conn, upstream: str, now: datetime) -> None:
    """The upstream answered; if it was down, those on high rungs are due within half a minute."""
    row = conn.execute(Q["breaker_success"], {"name": upstream}).fetchone()
    if row is not None and row["recovered"]:
        due = {"name": upstream, "now": now, "within_s": DOWN_WITHIN_S}
        conn.execute(Q["come_down"], due)


def works(conn: Conn, upstream: str) -> bool:
    """Whether the upstream took anything within the last ten minutes."""
    row = conn.execute(Q["works"], {"name": upstream}).fetchone()
    return row is not None and bool(row["works"])


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
