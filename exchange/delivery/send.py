"""Send what is queued, so that a worker may die at any line and nothing is lost or sent twice.

First transaction: versions become ``sending``, their steps are written down. Second transaction:
the same rows are locked, written upstream, and their outcome recorded. A version that is
``sending`` while nobody holds its lock was left by a dead worker; its outcome is unknown and is
found out by asking (``resolve``), never by sending again blindly.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from connectors.base import ConnectorError, SendResult, Target
from connectors.upstream import Limits, RefusalText
from exchange.delivery import breaker
from exchange.delivery.ladder import retry_at
from exchange.delivery.lanes import Promises, claim, count_sent
from exchange.delivery.outbox import Step, prepare, priors, steps_to_send
from exchange.delivery.refusal import meaning, refuse
from exchange.store.connection import Conn, Store
from exchange.store.queries import load
from schemas import Standard

Q = load("delivery")
ASK_AFTER_UNKNOWN = timedelta(seconds=5)
FIRST_LOOK = timedelta(seconds=0.5)


@dataclass(frozen=True, slots=True)
class Upstream:
    """One way up: where rows of one version of the standard go, and the words used there.

    ``correction_reason`` fills the reason of invalidations that we write for a corrected record,
    ``refusals`` are the refusal texts we understand, ``collect_for`` is how long a case that a
    refusal opens collects before its notice. ``promises`` say which versions are fresh, ``limits``
    how much may be up at once.
    """

    name: str
    standard: Standard
    target: Target
    correction_reason: str
    collect_for: timedelta
    refusals: tuple[RefusalText, ...] = ()
    promises: Promises = field(default_factory=Promises)
    limits: Limits = field(default_factory=Limits)


@dataclass(slots=True)
class Sent:
    """What one call came to, in versions."""

    sent: int = 0
    again: int = 0
    unknown: int = 0
    refused: int = 0
    nothing: int = 0


@dataclass(slots=True)
class _Outcomes:
    """The results of the steps of one attempt, by version."""

    sent: dict[int, SendResult] = field(default_factory=dict)
    bad: dict[int, SendResult] = field(default_factory=dict)


def send_queued(store: Store, upstream: Upstream, *, now: datetime, limit: int = 200) -> Sent:
    """Send up to ``limit`` queued versions. Raises StoreUnreachableError only."""
    with store.transaction() as conn:
        gate = breaker.gate(conn, upstream.name, now)
        if gate == "open":
            return Sent()
        rows, steps, nothing = _claim(conn, upstream, now, 1 if gate == "trial" else limit)
        if rows and gate == "trial":
            breaker.begin_trial(conn, upstream.name, now)
    if not rows:
        return Sent(nothing=nothing)
    with store.transaction() as conn:
        locked = conn.execute(Q["hold_for_sending"], {"ids": [row["id"] for row in rows]})
        attempts = {row["id"]: row["attempt"] for row in locked}
        ours = [row for row in rows if attempts.get(row["id"]) == row["attempt"] + 1]
        mine = {row["id"] for row in ours}
        return _send(conn, upstream, ours, [s for s in steps if s.version in mine], now, nothing)


def _claim(
    conn: Conn, upstream: Upstream, now: datetime, limit: int
) -> tuple[list[Mapping[str, Any]], list[Step], int]:
    standard = upstream.standard.version
    rows = claim(conn, standard, upstream.promises, upstream.limits, now=now, limit=limit)
    if not rows:
        return [], [], 0
    nothing = prepare(conn, upstream.standard, rows, upstream.correction_reason)
    claimed: list[Mapping[str, Any]] = [row for row in rows if row["id"] not in nothing]
    ids = [row["id"] for row in claimed]
    conn.execute(Q["begin_sending"], {"ids": ids})
    if nothing:
        conn.execute(Q["nothing_to_send"], {"ids": list(nothing)})
    steps = steps_to_send(conn, upstream.standard, ids)
    conn.execute(Q["mark_tried"], {"ids": [step.delivery for step in steps]})
    return claimed, steps, len(nothing)


def _send(
    conn: Conn,
    upstream: Upstream,
    rows: Sequence[Mapping[str, Any]],
    steps: Sequence[Step],
    now: datetime,
    nothing: int,
) -> Sent:
    outcomes = _Outcomes()
    counts = priors(conn, upstream.standard, steps)
    by_number: dict[tuple[int, int], list[Step]] = defaultdict(list)
    for step in steps:
        by_number[step.number, step.table.order].append(step)
    for key in sorted(by_number):
        ready = [step for step in by_number[key] if step.version not in outcomes.bad]
        if ready:
            _attempt(conn, upstream, ready, counts, outcomes, now)
    return _record(conn, upstream, rows, outcomes, now, nothing)


def _attempt(
    conn: Conn,
    upstream: Upstream,
    steps: Sequence[Step],
    counts: Mapping[int, int],
    outcomes: _Outcomes,
    now: datetime,
) -> None:
    versions = {step.delivery: step.version for step in steps}
    try:
        results = upstream.target.send(
            steps[0].table, [step.outgoing(counts.get(step.delivery, 0)) for step in steps]
        )
    except ConnectorError as error:
        breaker.failed(conn, upstream.name, str(error), now)
        results = [SendResult(step.delivery, "retry", reason=str(error)) for step in steps]
    else:
        _heard(conn, upstream, results, now)
    for result in results:
        done = result.outcome in {"sent", "already"}
        (outcomes.sent if done else outcomes.bad)[
            result.delivery if done else versions[result.delivery]
        ] = result


def _heard(conn: Conn, upstream: Upstream, results: Sequence[SendResult], now: datetime) -> None:
    """Tell the breaker: an answer about any row is a success, silence about all is a failure."""
    outcomes = {result.outcome for result in results}
    if outcomes & {"sent", "already", "refused"}:
        breaker.succeeded(conn, upstream.name)
    elif outcomes == {"unknown"}:
        breaker.failed(conn, upstream.name, results[0].reason or "", now)


def _record(
    conn: Conn,
    upstream: Upstream,
    rows: Sequence[Mapping[str, Any]],
    outcomes: _Outcomes,
    now: datetime,
    nothing: int,
) -> Sent:
    record_sent(conn, list(outcomes.sent.values()), now)
    arrived = [row["id"] for row in rows if row["id"] not in outcomes.bad]
    arrive(conn, arrived, now)
    count_sent(conn, upstream.name, [r for r in rows if r["id"] not in outcomes.bad], now)
    total = Sent(sent=len(arrived), nothing=nothing)
    by_id = {row["id"]: row for row in rows}
    for version, result in outcomes.bad.items():
        reason = result.reason or "上级平台未说明原因"
        if result.outcome == "refused":
            conn.execute(
                Q["delivery_refused"], {"id": result.delivery, "reason": reason, "now": now}
            )
            refuse(
                conn,
                by_id[version],
                upstream.standard.table(by_id[version]["table_code"]),
                reason,
                meaning(reason, upstream.refusals),
                now=now,
                collect_until=now + upstream.collect_for,
            )
            total.refused += 1
        elif result.outcome == "unknown":
            later = {"ids": [version], "ask_at": now + ASK_AFTER_UNKNOWN, "reason": reason[:300]}
            conn.execute(Q["version_unknown"], later)
            total.unknown += 1
        else:
            send_again(conn, version, now, by_id[version]["attempt"], reason)
            total.again += 1
    return total


def record_sent(conn: Conn, results: Sequence[SendResult], now: datetime) -> None:
    """Note the steps that are upstream now, with their serial numbers where known."""
    if results:
        conn.execute(
            Q["delivery_sent"],
            {
                "now": now,
                "ids": [result.delivery for result in results],
                "lshs": [result.lsh for result in results],
            },
        )


def arrive(conn: Conn, versions: Sequence[int], now: datetime) -> None:
    """All steps of these versions are upstream: they are sent, what they replace is retired."""
    if versions:
        ids = {"ids": list(versions)}
        conn.execute(Q["version_sent"], {**ids, "now": now, "ask_at": now + FIRST_LOOK})
        conn.execute(Q["retire_predecessors"], ids)


def send_again(conn: Conn, version: int, now: datetime, attempt: int, reason: str) -> None:
    """Back to the queue, due by the ladder."""
    again = retry_at(now, attempt, version)
    conn.execute(
        Q["version_again"],
        {"ids": [version], "next_try_at": [again], "reasons": [f"待重试：{reason}"[:300]]},
    )
