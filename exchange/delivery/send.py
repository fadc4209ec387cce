"""Send what is queued, so that a worker may die at any line and nothing is lost or sent twice.

First transaction: versions become ``sending``, their steps are written down. Second transaction:
the same rows are locked, written upstream, and their outcome recorded. A version that is
``sending`` while nobody holds its lock was left by a dead worker; its outcome is unknown and is
found out by asking (``resolve``), never by sending again blindly.

Between the two transactions another worker that looks for queued rows may lock one of ours for a
moment: it saw it queued, waits for nothing, finds it changed, and keeps the lock to the end of its
own short transaction. The lock is asked for again until then.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from connectors.base import ConnectorError, SendResult, Target
from connectors.upstream import Limits, RefusalText
from exchange.delivery import breaker
from exchange.delivery.deadletters import bury
from exchange.delivery.ladder import retry_at
from exchange.delivery.lanes import Promises, claim, count_sent
from exchange.delivery.outbox import Step, outgoing_row, prepare, priors, steps_to_send
from exchange.delivery.piecewise import piecewise
from exchange.delivery.refusal import meaning, note_blind_spot, refuse
from exchange.store.connection import Conn, Store
from exchange.store.identity import content_hash
from exchange.store.queries import load
from schemas import Standard

Q = load("delivery")
ASK_AFTER_UNKNOWN = timedelta(seconds=5)
FIRST_LOOK = timedelta(seconds=0.5)
BROKEN_ATTEMPTS = 3
LOCK_LOOKS, LOCK_LOOK_S = 40, 0.025
WAIT_FOR_VERDICT = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Upstream:
    """One way up: where rows of one version of the standard go, and the words used there.

    ``correction_reason`` fills the reason of invalidations that we write for a corrected record,
    ``refusals`` are the refusal texts we understand, ``collect_for`` is how long a case that a
    refusal opens collects before its notice. ``promises`` say which versions are fresh, ``limits``
    how much may be up at once, ``visible_after`` how long a row whose write went unanswered may
    still appear upstream.
    """

    name: str
    standard: Standard
    target: Target
    correction_reason: str
    collect_for: timedelta
    refusals: tuple[RefusalText, ...] = ()
    promises: Promises = field(default_factory=Promises)
    limits: Limits = field(default_factory=Limits)
    visible_after: timedelta = timedelta(0)


@dataclass(slots=True)
class Sent:
    """What one call came to, in versions."""

    sent: int = 0
    again: int = 0
    unknown: int = 0
    refused: int = 0
    nothing: int = 0
    dead: int = 0


@dataclass(slots=True)
class _Outcomes:
    """The results of the steps of one attempt: by delivery what arrived, by version what did not.

    ``broken`` are the versions that our own program could not handle, ``away`` those to which the
    platform said nothing at all: an outage wears no ladder out.
    """

    sent: dict[int, SendResult] = field(default_factory=dict)
    bad: dict[int, SendResult] = field(default_factory=dict)
    broken: set[int] = field(default_factory=set)
    away: set[int] = field(default_factory=set)


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
        ours = hold(conn, rows)
        mine = {row["id"] for row in ours}
        return _send(conn, upstream, ours, [s for s in steps if s.version in mine], now, nothing)


def hold(conn: Conn, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Lock the rows that were claimed for as long as they are being sent; those that are ours.

    A row that was taken over meanwhile is not, nor one that stays locked for a second.
    """
    claimed = {row["id"]: row["attempt"] + 1 for row in rows}
    held: dict[int, int] = {}
    for look in range(LOCK_LOOKS):
        left = {"ids": sorted(claimed.keys() - held.keys())}
        held |= {row["id"]: row["attempt"] for row in conn.execute(Q["hold_for_sending"], left)}
        if len(held) == len(claimed):
            break
        if look < LOCK_LOOKS - 1:
            time.sleep(LOCK_LOOK_S)
    return [row for row in rows if held.get(row["id"]) == claimed[row["id"]]]


def _claim(
    conn: Conn, upstream: Upstream, now: datetime, limit: int
) -> tuple[list[Mapping[str, Any]], list[Step], int]:
    standard = upstream.standard.version
    rows = claim(conn, standard, upstream.promises, upstream.limits, now=now, limit=limit)
    if not rows:
        return [], [], 0
    unreadable = {row["id"]: why for row in rows if (why := _unreadable(upstream.standard, row))}
    bury(conn, unreadable, "unreadable", now)
    rows = [row for row in rows if row["id"] not in unreadable]
    prepared = prepare(conn, upstream.standard, rows, upstream.correction_reason)
    nothing, undecided = prepared.nothing, prepared.undecided
    claimed: list[Mapping[str, Any]] = [r for r in rows if r["id"] not in nothing | undecided]
    ids = [row["id"] for row in claimed]
    conn.execute(Q["begin_sending"], {"ids": ids})
    if nothing:
        conn.execute(Q["nothing_to_send"], {"ids": list(nothing)})
    if undecided:
        times = [now + WAIT_FOR_VERDICT] * len(undecided)
        conn.execute(Q["ask_again"], {"ids": list(undecided), "next_try_at": times})
    steps = steps_to_send(conn, upstream.standard, ids)
    conn.execute(Q["mark_tried"], {"ids": [step.delivery for step in steps]})
    return claimed, steps, len(nothing)


def _unreadable(standard: Standard, row: Mapping[str, Any]) -> str | None:
    """Why no row for the platform above can be made of this one, if so."""
    if row["table_code"] not in standard.tables:
        return f"标准 {standard.version} 中没有数据表 {row['table_code']}"
    try:
        table = standard.table(row["table_code"])
        content_hash(table, outgoing_row(table, row["raw"]))
    except Exception as error:  # noqa: BLE001  whatever it is, the others must go on
        return f"{type(error).__name__}: {error}"
    return None


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
    table = steps[0].table
    rows = [step.outgoing(counts.get(step.delivery, 0)) for step in steps]
    try:
        answers, broken = piecewise(
            lambda part: upstream.target.send(table, part, holds=lambda: _still_ours(conn)), rows
        )
    except ConnectorError as error:
        breaker.failed(conn, upstream.name, str(error), now)
        outcomes.away |= {step.version for step in steps}
        results = [SendResult(step.delivery, "retry", reason=str(error)) for step in steps]
    else:
        outcomes.broken |= {versions[delivery] for delivery in broken}
        answers |= {one: SendResult(one, "unknown", reason=why) for one, why in broken.items()}
        results = list(answers.values())
        _heard(conn, upstream, [one for one in results if one.delivery not in broken], now)
    for result in results:
        done = result.outcome in {"sent", "already"}
        (outcomes.sent if done else outcomes.bad)[
            result.delivery if done else versions[result.delivery]
        ] = result


def _still_ours(conn: Conn) -> None:
    """Raises psycopg.OperationalError when the session that holds the locks is gone.

    A process that was frozen for too long, or cut off, has lost them, and others send its rows.
    """
    conn.execute("select")


def _heard(conn: Conn, upstream: Upstream, results: Sequence[SendResult], now: datetime) -> None:
    """Tell the breaker: an answer about any row is a success, silence about all is a failure."""
    outcomes = {result.outcome for result in results}
    if outcomes & {"sent", "already", "refused"}:
        breaker.succeeded(conn, upstream.name, now)
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
        attempt = by_id[version]["attempt"] + 1
        if result.outcome == "refused":
            _refused(conn, upstream, by_id[version], result.delivery, reason, now, total)
        elif version in outcomes.broken and attempt >= BROKEN_ATTEMPTS:
            bury(conn, {version: reason}, "unreadable", now)
            total.dead += 1
        elif _is_exhausted(conn, upstream, version, attempt, outcomes):
            bury(conn, {version: f"已试 {attempt} 次：{reason}"}, "exhausted", now)
            total.dead += 1
        elif result.outcome == "unknown":
            later = {"ids": [version], "ask_at": now + ASK_AFTER_UNKNOWN, "reason": reason[:300]}
            conn.execute(Q["version_unknown"], later)
            total.unknown += 1
        else:
            send_again(conn, version, now, by_id[version]["attempt"], reason)
            total.again += 1
    return total


def _is_exhausted(
    conn: Conn, upstream: Upstream, version: int, attempt: int, outcomes: _Outcomes
) -> bool:
    """Whether one version climbed its ladder in vain while the way up served others."""
    if version in outcomes.away or attempt < upstream.limits.attempts:
        return False
    return breaker.works(conn, upstream.name)


def _refused(
    conn: Conn,
    upstream: Upstream,
    row: Mapping[str, Any],
    delivery: int,
    reason: str,
    now: datetime,
    total: Sent,
) -> None:
    """A known refusal goes back to the body; one that nobody understands waits for a person."""
    conn.execute(Q["delivery_refused"], {"id": delivery, "reason": reason, "now": now})
    known = meaning(reason, upstream.refusals)
    note_blind_spot(conn, row["id"], reason, known)
    if known is None:
        bury(conn, {row["id"]: reason}, "refused", now)
        total.dead += 1
        return
    table = upstream.standard.table(row["table_code"])
    until = now + upstream.collect_for
    refuse(conn, row, table, reason, known, now=now, collect_until=until)
    total.refused += 1


def record_sent(conn: Conn, results: Sequence[SendResult], now: datetime) -> None:
    """Note the steps that are upstream now, with their serial numbers where known."""
    if results:
        conn.execute(
            Q["delivery_sent"],
            {
                "now": now,
                "ask_at": now + FIRST_LOOK,
                "ids": [result.delivery for result in results],
                "lshs": [result.lsh for result in results],
            },
        )


def arrive(conn: Conn, versions: Sequence[int], now: datetime) -> None:
    """All steps of these versions are upstream: they are sent.

    What they replace stays in effect there until its invalidation is accepted.
    """
    if versions:
        sent = {"ids": list(versions), "now": now, "ask_at": now + FIRST_LOOK}
        conn.execute(Q["version_sent"], sent)


def send_again(conn: Conn, version: int, now: datetime, attempt: int, reason: str) -> None:
    """Back to the queue, due by the ladder."""
    again = retry_at(now, attempt, version)
    conn.execute(
        Q["version_again"],
        {"ids": [version], "next_try_at": [again], "reasons": [f"待重试：{reason}"[:300]]},
    )
