"""Read the verdicts of the higher platform back until they are final."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from connectors.base import ConnectorError, UpstreamVerdict
from exchange.delivery import breaker
from exchange.delivery.deadletters import bury
from exchange.delivery.ladder import ask_at
from exchange.delivery.outbox import Step, steps_sent
from exchange.delivery.piecewise import piecewise
from exchange.delivery.refusal import meaning, names_itself, note_blind_spot, refuse
from exchange.delivery.send import Upstream
from exchange.store.cases import Settled, settle
from exchange.store.connection import Conn, Store
from exchange.store.identity import is_valid
from exchange.store.queries import load

Q = load("delivery")
IN_NATIONAL_SYSTEM = 3
REFUSED = 2
CHECK_PASSED = 1
UNDECIDED = 0
LONGEST_TRANSACTION = timedelta(minutes=15)
FIRST_LOOK_AT_HOLDS = datetime(1970, 1, 1, tzinfo=UTC)
LOST_AFTER = timedelta(seconds=30)
LOST_ABOVE = "上级平台曾收下而后查无此记录，重新上报"
PARENT_RETRIES = 5
WAIT_FOR_PARENT = timedelta(seconds=2)
OUTCOMES = {IN_NATIONAL_SYSTEM: "confirmed", REFUSED: "refused", CHECK_PASSED: "passed"}


@dataclass(slots=True)
class Confirmed:
    """What one call came to, in versions."""

    confirmed: int = 0
    refused: int = 0
    lost: int = 0
    open: int = 0


def read_verdicts(
    store: Store, upstream: Upstream, *, now: datetime, limit: int = 500
) -> Confirmed:
    """Ask for up to ``limit`` sent versions that are due, and write down what is final."""
    with store.transaction() as conn:
        gate = breaker.gate(conn, upstream.name, now)
        if gate == "open":
            return Confirmed()
        most = 1 if gate == "trial" else limit
        due = {"standard": upstream.standard.version, "now": now, "limit": most}
        rows = conn.execute(Q["due_verdicts"], due).fetchall()
        if not rows:
            return Confirmed()
        steps = steps_sent(conn, upstream.standard, [row["id"] for row in rows])
        try:
            verdicts = ask_verdicts(upstream, steps)
        except ConnectorError as error:
            breaker.failed(conn, upstream.name, str(error), now)
            _ask_later(conn, rows, now)
            return Confirmed(open=len(rows))
        breaker.succeeded(conn, upstream.name, now)
        return _write(conn, upstream, rows, steps, verdicts, now)


def wake_overlooked(store: Store, upstream: Upstream, *, now: datetime) -> int:
    """Make held records due whose parent was confirmed in the moment their hold was written.

    Costs a look at the holds written since the last look and ``LONGEST_TRANSACTION`` before it.
    """
    with store.transaction() as conn:
        standard = upstream.standard.version
        look = conn.execute(Q["look_at_holds"], {"standard": standard}).fetchone()
        last = look["before"] if look else None
        since = last - LONGEST_TRANSACTION if last else FIRST_LOOK_AT_HOLDS
        due = {"standard": standard, "now": now, "since": since}
        return conn.execute(Q["wake_overlooked"], due).rowcount


def ask_verdicts(upstream: Upstream, steps: Sequence[Step]) -> dict[int, UpstreamVerdict]:
    """What upstream says of each step, by delivery. Raises the target's errors."""
    by_table: dict[str, list[Step]] = defaultdict(list)
    for step in steps:
        by_table[step.table.code].append(step)
    found: dict[int, UpstreamVerdict] = {}
    for of_table in by_table.values():
        call = partial(upstream.target.verdicts, of_table[0].table)
        verdicts, broken = piecewise(call, [step.outgoing(0) for step in of_table])
        found |= verdicts
        found |= {one: UpstreamVerdict(one, UNDECIDED, None, None) for one in broken}
    return found


def _write(
    conn: Conn,
    upstream: Upstream,
    rows: Sequence[Mapping[str, Any]],
    steps: Sequence[Step],
    verdicts: Mapping[int, UpstreamVerdict],
    now: datetime,
) -> Confirmed:
    lost = {step.version for step in steps if verdicts[step.delivery].status is None}
    patience = max(LOST_AFTER, upstream.visible_after)
    lost &= {row["id"] for row in rows if row["sent_at"] + patience <= now}
    gone = {step.delivery for step in steps if step.version in lost}
    write_answers(conn, steps, verdicts, gone, now)
    own = {step.version: verdicts[step.delivery] for step in steps}
    _invalidations_refused(conn, steps, verdicts)
    retire_predecessors(conn, steps, verdicts)
    total = Confirmed()
    confirmed, later = [], []
    for row in rows:
        verdict = own.get(row["id"])
        if row["id"] in lost:
            _lost(conn, upstream, row, now)
            total.lost += 1
        elif verdict is not None and verdict.status == IN_NATIONAL_SYSTEM:
            confirmed.append(row)
        elif verdict is not None and verdict.status == REFUSED:
            _refused(conn, upstream, row, verdict.reason or "未说明原因", now)
            total.refused += 1
        else:
            later.append(row)
    _confirm(conn, confirmed, now)
    _ask_later(conn, later, now)
    total.confirmed, total.open = len(confirmed), len(later)
    return total


def write_answers(
    conn: Conn,
    steps: Sequence[Step],
    verdicts: Mapping[int, UpstreamVerdict],
    lost: set[int],
    now: datetime,
) -> None:
    """Note the answers by step; of the deliveries in ``lost``, those that are not there are lost.

    Those have to be sent again when their version goes up again.
    """
    answered = []
    for step in steps:
        verdict = verdicts[step.delivery]
        outcome = OUTCOMES.get(verdict.status) if verdict.status is not None else None
        if verdict.status is None and step.delivery in lost:
            outcome = "lost"
        if outcome is not None or (verdict.lsh and verdict.lsh != step.lsh):
            answered.append((step.delivery, outcome or "sent", verdict.lsh, verdict.reason))
    if answered:
        ids, outcomes, lshs, reasons = map(list, zip(*answered, strict=True))
        conn.execute(
            Q["delivery_answered"],
            {"now": now, "ids": ids, "outcomes": outcomes, "lshs": lshs, "reasons": reasons},
        )


def _invalidations_refused(
    conn: Conn, steps: Sequence[Step], verdicts: Mapping[int, UpstreamVerdict]
) -> None:
    last = {step.version: step.delivery for step in steps}
    for step in steps:
        verdict = verdicts[step.delivery]
        if verdict.status == REFUSED and last[step.version] != step.delivery:
            list_refused_invalidation(conn, step.version, verdict.reason)


def list_refused_invalidation(conn: Conn, version: int, reason: str | None) -> None:
    """An invalidation of ours that was refused is no fault of the body: it is listed for us."""
    text = f"更正时的失效记录被退回：{reason or '未说明原因'}"
    note_blind_spot(conn, version, text, None)


def retire_predecessors(
    conn: Conn, steps: Sequence[Step], verdicts: Mapping[int, UpstreamVerdict]
) -> None:
    """What was in effect above gives way once its invalidation is accepted, and not before.

    An invalidation that is refused leaves it in effect; the ledger must go on saying so.
    """
    accepted = {
        step.version
        for step in steps
        if not is_valid(step.payload)
        and verdicts[step.delivery].status in {CHECK_PASSED, IN_NATIONAL_SYSTEM}
    }
    if accepted:
        conn.execute(Q["retire_predecessors"], {"ids": sorted(accepted)})


def _confirm(conn: Conn, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    if not rows:
        return
    ids = [row["id"] for row in rows]
    conn.execute(Q["version_confirmed"], {"ids": ids, "now": now})
    conn.execute(Q["wake_children"], {"ids": ids, "now": now})
    settle(
        conn,
        [
            Settled(
                version=row["id"],
                body=row["body"],
                standard=row["standard"],
                table=row["table_code"],
                record_key=row["record_key"],
                local_key=row["local_key"],
                resolution="confirmed" if row["valid"] else "withdrawn",
            )
            for row in rows
        ],
        now=now,
    )


def _refused(
    conn: Conn, upstream: Upstream, row: Mapping[str, Any], reason: str, now: datetime
) -> None:
    """A refusal because of the parent is no fault of this record: it waits and goes again.

    One that names itself as its parent waits in vain and comes back at once.
    """
    known = meaning(reason, upstream.refusals)
    table = upstream.standard.table(row["table_code"])
    may_wait = row["attempt"] < PARENT_RETRIES and not names_itself(table, row["raw"])
    if known is not None and known.parent and may_wait:
        again = {"id": row["id"], "judge_after": now + WAIT_FOR_PARENT, "reason": reason[:200]}
        conn.execute(Q["wait_for_parent"], again)
        return
    refuse(
        conn,
        row,
        table,
        reason,
        known,
        now=now,
        collect_until=now + upstream.collect_for,
    )
    note_blind_spot(conn, row["id"], reason, known)


def _lost(conn: Conn, upstream: Upstream, row: Mapping[str, Any], now: datetime) -> None:
    """Sent again, until a platform that loses it every time has lost it too often."""
    if row["attempt"] >= upstream.limits.attempts:
        reason = f"已上报 {row['attempt']} 次，上级平台每次收下后均查无此记录"
        bury(conn, {row["id"]: reason}, "exhausted", now)
        return
    again = {"ids": [row["id"]], "next_try_at": [now], "reasons": [LOST_ABOVE]}
    conn.execute(Q["version_again"], again)


def _ask_later(conn: Conn, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    if rows:
        times = [ask_at(now, (now - row["sent_at"]).total_seconds(), row["id"]) for row in rows]
        conn.execute(Q["ask_again"], {"ids": [row["id"] for row in rows], "next_try_at": times})
