"""The dirty-data breaker of a body: a flood of failing records costs no other body its minutes.

The flood is put aside, for all workers. Nothing is lost: the rows have landed and wait to be
judged. While a body is put aside a small group, its newest and its oldest records, is judged at
each pause; as soon as most of a group passes, or nothing is left, the body is served as before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from exchange.store.connection import Conn
from exchange.store.queries import load
from schemas.policy import DirtyFlood
from validators import Judgement

Q = load("dirty")


@dataclass(slots=True)
class Tally:
    """How many records of a body were judged to an end, and how many of them failed."""

    judged: int = 0
    failed: int = 0

    def add(self, judgement: Judgement) -> None:
        """Count one judgement; records that wait for a parent are neither."""
        outcomes = [verdict.outcome for verdict in judgement.records]
        failed = outcomes.count("fail")
        self.failed += failed
        self.judged += failed + outcomes.count("pass")

    def is_dirty(self, flood: DirtyFlood) -> bool:
        """Whether so large a share failed that the policy calls it a flood."""
        return self.failed > 0 and self.failed >= flood.share * self.judged


def due_trial(conn: Conn, bodies: Sequence[str] | None, now: datetime) -> str | None:
    """A body that is put aside and may be tried now, kept from others until the commit."""
    wanted = {"bodies": None if bodies is None else list(bodies), "now": now}
    row = conn.execute(Q["due_trial"], wanted).fetchone()
    return None if row is None else str(row["body"])


def count(conn: Conn, body: str, tally: Tally, flood: DirtyFlood, now: datetime) -> None:
    """Add to the body's window; put the body aside when that makes a flood.

    Call it last in a transaction and for bodies in the order of their codes: it locks their rows.
    """
    added = conn.execute(
        Q["count_judged"],
        {
            "body": body,
            "judged": tally.judged,
            "failed": tally.failed,
            "now": now,
            "since": now - timedelta(seconds=flood.window_s),
        },
    ).fetchone()
    assert added is not None
    window = Tally(added["judged"], added["failed"])
    if window.failed >= flood.records and window.is_dirty(flood):
        opened = {"body": body, "now": now, "trial_at": now + timedelta(seconds=flood.pause_s)}
        conn.execute(Q["open_dirty"], opened)


def tried(conn: Conn, body: str, tally: Tally, flood: DirtyFlood, now: datetime) -> None:
    """Judge the trial: the body is served again, or put aside for another pause."""
    if tally.is_dirty(flood):
        again = {"body": body, "trial_at": now + timedelta(seconds=flood.pause_s)}
        conn.execute(Q["trial_failed"], again)
    else:
        conn.execute(Q["close_dirty"], {"body": body, "now": now})
