"""Invalidations that are upstream while their new row stayed behind: followed until their verdict.

A correction writes an invalidation of what is in effect, then the new row. When that row is refused
at the door, cannot be delivered, or was answered earlier, nobody asks for the version any more; the
invalidation may be accepted all the same, and then the old version is not in effect any more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.base import ConnectorError, UpstreamVerdict
from exchange.delivery import breaker
from exchange.delivery.confirm import (
    IN_NATIONAL_SYSTEM,
    LOST_AFTER,
    REFUSED,
    ask_verdicts,
    list_refused_invalidation,
    retire_predecessors,
    write_answers,
)
from exchange.delivery.ladder import ask_at
from exchange.delivery.outbox import Step, steps_sent
from exchange.delivery.send import Upstream
from exchange.store.connection import Conn, Store
from exchange.store.queries import load

Q = load("delivery")


@dataclass(frozen=True, slots=True)
class Followed:
    """What one call came to, in invalidations; ``open`` are those without a final verdict yet."""

    accepted: int = 0
    refused: int = 0
    lost: int = 0
    open: int = 0

    @property
    def settled(self) -> int:
        """How many have their verdict."""
        return self.accepted + self.refused + self.lost


def follow_invalidations(
    store: Store, upstream: Upstream, *, now: datetime, limit: int = 200
) -> Followed:
    """Ask for up to ``limit`` invalidations that are due, and write down what became of them.

    Accepted, what was in effect above gives way. Refused, it stays, and the refusal is listed with
    our blind spots. Not there, it stays too: the invalidation is written again when its version is.
    """
    with store.transaction() as conn:
        gate = breaker.gate(conn, upstream.name, now)
        if gate == "open":
            return Followed()
        most = 1 if gate == "trial" else limit
        asked = {"standard": upstream.standard.version, "now": now, "limit": most}
        due = {row["id"]: row for row in conn.execute(Q["due_invalidations"], asked)}
        if not due:
            return Followed()
        versions = sorted({row["version_id"] for row in due.values()})
        sent = steps_sent(conn, upstream.standard, versions)
        steps = [step for step in sent if step.delivery in due]
        try:
            verdicts = ask_verdicts(upstream, steps)
        except ConnectorError as error:
            breaker.failed(conn, upstream.name, str(error), now)
            _ask_later(conn, list(due.values()), now)
            return Followed(open=len(due))
        breaker.succeeded(conn, upstream.name, now)
        return _write(conn, upstream, due, steps, verdicts, now)


def _write(
    conn: Conn,
    upstream: Upstream,
    due: Mapping[int, Mapping[str, Any]],
    steps: Sequence[Step],
    verdicts: Mapping[int, UpstreamVerdict],
    now: datetime,
) -> Followed:
    patience = max(LOST_AFTER, upstream.visible_after)
    lost = {
        step.delivery
        for step in steps
        if verdicts[step.delivery].status is None
        and due[step.delivery]["sent_at"] + patience <= now
    }
    write_answers(conn, steps, verdicts, lost, now)
    refused = [step for step in steps if verdicts[step.delivery].status == REFUSED]
    for step in refused:
        list_refused_invalidation(conn, step.version, verdicts[step.delivery].reason)
    if refused:
        conn.execute(Q["close_inserts"], {"ids": [step.delivery for step in refused], "now": now})
    retire_predecessors(conn, steps, verdicts)
    accepted = {
        step.delivery for step in steps if verdicts[step.delivery].status == IN_NATIONAL_SYSTEM
    }
    final = lost | accepted | {step.delivery for step in refused}
    later = [row for number, row in due.items() if number not in final]
    _ask_later(conn, later, now)
    return Followed(len(accepted), len(refused), len(lost), len(later))


def _ask_later(conn: Conn, due: Sequence[Mapping[str, Any]], now: datetime) -> None:
    if due:
        times = [ask_at(now, (now - row["sent_at"]).total_seconds(), row["id"]) for row in due]
        conn.execute(
            Q["ask_invalidations_again"],
            {"ids": [row["id"] for row in due], "next_ask_at": times},
        )
