"""Write what a judgement means: states, findings, counts, holds, cases, and who gave way."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from exchange.judging.dossier_marks import mark_dossiers
from exchange.judging.inputs import keep_source
from exchange.store.cases import Push, Returned, Settled, join_case, open_items, settle
from exchange.store.connection import Conn
from exchange.store.identity import anchor_of
from exchange.store.queries import load
from schemas import Standard, Table
from schemas.policy import Policy
from validators import (
    Context,
    Finding,
    Judgement,
    Lookup,
    ParentState,
    RecordVerdict,
    Ruleset,
    Stamp,
)

Q = load("judging")
REASON_LENGTH = 300
EXPECTED = "expected"
"""The state of what is no parent, but may still arrive and decide."""


class GroupOfRecords(Protocol):
    """What was judged together: records of one table of one body."""

    @property
    def body(self) -> str:
        """The body's code."""

    @property
    def standard(self) -> str:
        """The version of the standard."""

    @property
    def table(self) -> str:
        """The table's code."""

    @property
    def rows(self) -> Sequence[dict[str, Any]]:
        """The claimed versions, oldest first."""


@dataclass(frozen=True, slots=True)
class Move:
    """Where one version goes."""

    row: dict[str, Any]
    verdict: RecordVerdict
    state: str
    reason: str
    judge_after: datetime | None


def write_verdicts(
    conn: Conn,
    group: GroupOfRecords,
    judgement: Judgement,
    ruleset: Ruleset,
    context: Context,
    policy: Policy,
    *,
    now: datetime,
) -> int:
    """Write the verdicts of one group inside the caller's transaction; the judgement's number."""
    feed = {"body": group.body, "standard": group.standard, "table_code": group.table}
    rows = {row["id"]: row for row in group.rows}
    idle = _withdrawals_without_effect(conn, feed, group.rows)
    moves = [
        _move(rows[verdict.id], verdict, verdict.id in idle, policy, now=now)
        for verdict in judgement.records
    ]
    stamp_id = stamp_number(conn, ruleset.stamp)
    judgement_id = count_outcomes(conn, feed, judgement, moves, stamp_id, now)
    store_findings(conn, ruleset, judgement_id, judgement.records, now)
    _look_again_later(conn, group.body, moves, policy, now)
    conn.execute(
        Q["move_judged"],
        {
            "now": now,
            "stamp": stamp_id,
            "ids": [move.row["id"] for move in moves],
            "states": [move.state for move in moves],
            "reasons": [move.reason for move in moves],
            "judge_after": [move.judge_after for move in moves],
        },
    )
    _store_holds(conn, ruleset.standard, moves, context.parents or {})
    _give_way(conn, feed, moves)
    _give_way_to_newer(conn, moves)
    if group.table in ruleset.awaited:
        # Only news wakes: two that wait for a third would wake each other for ever.
        news = [move.row["id"] for move in moves if move.state != move.row["state"]]
        conn.execute(Q["wake_expectant"], {"now": now, "ids": news})
    table = ruleset.standard.table(group.table)
    write_cases(conn, group, table, moves, policy, now)
    gone = {move.row["id"] for move in moves if move.state in {"returned", "withdrawn"}}
    mark_dossiers(conn, group.standard, table, group.rows, gone, policy, now=now)
    return judgement_id


def _look_again_later(
    conn: Conn, body: str, moves: Sequence[Move], policy: Policy, now: datetime
) -> None:
    """Records handed on before all was there are looked at again when the grace is over."""
    grace = timedelta(seconds=policy.hold_grace_s)
    due = {
        move.row["id"]: move.row["pulled_at"] + grace
        for move in moves
        if move.state == "queued" and move.verdict.again and move.row["pulled_at"] + grace > now
    }
    if due:
        later = {"body": body, "ids": list(due), "due": list(due.values())}
        conn.execute(Q["look_again_later"], later)


def _withdrawals_without_effect(
    conn: Conn, feed: Mapping[str, str], rows: Sequence[dict[str, Any]]
) -> set[int]:
    """Withdrawals of records of which nothing is upstream or on its way there."""
    withdrawals = [row for row in rows if not row["valid"]]
    if not withdrawals:
        return set()
    keys = {"record_keys": [row["record_key"] for row in withdrawals]}
    there = {
        row["record_key"] for row in conn.execute(Q["in_effect_or_in_flight"], {**feed, **keys})
    }
    return {row["id"] for row in withdrawals if row["record_key"] not in there}


def _move(
    row: dict[str, Any], verdict: RecordVerdict, idle: bool, policy: Policy, *, now: datetime
) -> Move:
    if verdict.outcome == "fail":
        rules = sorted({one.rule for one in verdict.findings if one.consequence == "reject"})
        reason = f"校验不通过：{'、'.join(rules)}"[:REASON_LENGTH]
        return Move(row, verdict, "returned", reason, None)
    if verdict.outcome == "hold":
        names = "、".join(sorted({lookup.table for lookup in verdict.waits_for}))
        grace_ends = row["pulled_at"] + timedelta(seconds=policy.hold_grace_s)
        again = grace_ends if grace_ends > now else None
        return Move(
            row, verdict, "held", f"等待上级记录或同一办件的记录：{names}"[:REASON_LENGTH], again
        )
    if idle:
        return Move(row, verdict, "withdrawn", "撤回的记录从未上报，无须向上撤回", None)
    return Move(row, verdict, "queued", "校验通过", None)


def stamp_number(conn: Conn, stamp: Stamp) -> int:
    """The stamp's number; a stamp is written once, by whoever judges with it first."""
    found = conn.execute(Q["stamp"], asdict(stamp)).fetchone()
    if found is None:
        conn.execute(Q["insert_stamp"], asdict(stamp))
        found = conn.execute(Q["stamp"], asdict(stamp)).fetchone()
        assert found is not None
        keep_source(conn, found["id"])
    return int(found["id"])


def count_outcomes(
    conn: Conn,
    feed: Mapping[str, str],
    judgement: Judgement,
    moves: Sequence[Move],
    stamp_id: int,
    now: datetime,
) -> int:
    """Write how every rule fared; returns the judgement's number."""
    outcomes = {
        rule: [one.passed, one.failed, one.not_applicable, dict(one.not_checked)]
        for rule, one in judgement.counts.items()
    }
    by_outcome = {"pass": 0, "fail": 0, "hold": 0}
    for move in moves:
        by_outcome[move.verdict.outcome] += 1
    found = conn.execute(
        Q["insert_judgement"],
        {
            **feed,
            "now": now,
            "stamp": stamp_id,
            "records": len(moves),
            "passed": by_outcome["pass"],
            "failed": by_outcome["fail"],
            "held": by_outcome["hold"],
            "outcomes": json.dumps(outcomes, ensure_ascii=False),
            "errors": json.dumps([asdict(one) for one in judgement.errors], ensure_ascii=False)
            if judgement.errors
            else None,
        },
    ).fetchone()
    assert found is not None
    return int(found["id"])


def store_findings(
    conn: Conn,
    ruleset: Ruleset,
    judgement_id: int,
    verdicts: Sequence[RecordVerdict],
    now: datetime,
) -> None:
    """Write the findings of a judgement."""
    found = [(verdict.id, one) for verdict in verdicts for one in verdict.findings]
    if not found:
        return
    with conn.cursor() as cursor, cursor.copy(Q["copy_findings"]) as copy:
        for version, one in found:
            dimension = ruleset.rules[one.rule].dimension
            copy.write_row(
                (version, judgement_id, now, one.rule, one.version, one.consequence, dimension,
                 one.clause, as_json(one))
            )  # fmt: skip


def as_json(one: Finding) -> str:
    """The finding as JSON text; NUL, which jsonb cannot hold, is shown as its picture."""
    text = json.dumps(one.to_json(), ensure_ascii=False).replace("\\u0000", "␀")
    return text.encode("utf-8", "replace").decode("utf-8")


def _store_holds(
    conn: Conn,
    standard: Standard,
    moves: Sequence[Move],
    parents: Mapping[Lookup, ParentState],
) -> None:
    if came_back := [move.row["id"] for move in moves if move.row["state"] != "landed"]:
        conn.execute(Q["forget_holds"], {"ids": came_back})
    waiting = [
        (move.row["id"], lookup)
        for move in moves
        if move.state == "held"
        for lookup in _one_per_reference(move.verdict.waits_for)
    ]
    if not waiting:
        return
    with conn.cursor() as cursor, cursor.copy(Q["copy_holds"]) as copy:
        for version, lookup in waiting:
            fields, values = anchor_of(standard, lookup.table, lookup.fields, lookup.values)
            state = parents.get(lookup, EXPECTED)
            copy.write_row((version, standard.version, lookup.table, fields, values, state))


def _one_per_reference(lookups: Sequence[Lookup]) -> list[Lookup]:
    """One waits at a time for each parent table and field set; the next is seen when it came."""
    return list({(lookup.table, lookup.fields): lookup for lookup in reversed(lookups)}.values())


def _give_way(conn: Conn, feed: Mapping[str, str], moves: Sequence[Move]) -> None:
    """Earlier versions that never took effect upstream are overtaken by the new ones."""
    moved = [move for move in moves if move.row["revision"] > 1]
    if not moved:
        return
    gone = conn.execute(
        Q["overtake_by_key"],
        {
            **feed,
            "ids": [move.row["id"] for move in moved],
            "record_keys": [move.row["record_key"] for move in moved],
            "valid": [bool(move.row["valid"]) or move.state == "returned" for move in moved],
            "reasons": [_overtaken(move) for move in moved],
            "only_returned": [move.state == "returned" for move in moved],
        },
    ).fetchall()
    if gone:
        conn.execute(Q["forget_holds"], {"ids": [row["id"] for row in gone]})


def _give_way_to_newer(conn: Conn, moves: Sequence[Move]) -> None:
    """What was judged before is itself overtaken when a newer version went by meanwhile."""
    waited = [m.row["id"] for m in moves if m.state == "queued" and m.row["judged_at"]]
    if waited:
        conn.execute(Q["give_way_to_newer"], {"ids": waited})


def _overtaken(move: Move) -> str:
    if move.state == "returned":
        return "已重新推送，仍未通过校验"
    return "已有新版本" if move.row["valid"] else "地方已撤回"


def write_cases(
    conn: Conn,
    group: GroupOfRecords,
    table: Table,
    moves: Sequence[Move],
    policy: Policy,
    now: datetime,
) -> None:
    """Put what has to be mended into the body's case, and settle what was withdrawn."""
    feed = {"body": group.body, "standard": group.standard, "table": group.table}
    pushes = open_items(
        conn,
        **feed,
        versions=[
            (move.row["id"], move.row["record_key"], move.row["local_key"]) for move in moves
        ],
    )
    faulty = [
        Returned(
            version=move.row["id"],
            record_key=move.row["record_key"],
            local_key=move.row["local_key"],
            key_in_doubt=_key_in_doubt(table, move.verdict.findings),
        )
        for move in moves
        if any(one.consequence in {"reject", "rectify"} for one in move.verdict.findings)
    ]
    collect_until = now + timedelta(seconds=policy.collect_for_s)
    join_case(conn, faulty, pushes, **feed, now=now, collect_until=collect_until)
    _overtake_by_local_key(conn, pushes)
    settle(
        conn,
        [
            Settled(
                version=move.row["id"],
                body=group.body,
                standard=group.standard,
                table=group.table,
                record_key=move.row["record_key"],
                local_key=move.row["local_key"],
                resolution="withdrawn",
            )
            for move in moves
            if move.state == "withdrawn"
        ],
        now=now,
    )


def _overtake_by_local_key(conn: Conn, pushes: Sequence[Push]) -> None:
    earlier = [push.earlier_version for push in pushes if push.earlier_version < push.by_version]
    if earlier:
        conn.execute(Q["overtake_by_local_key"], {"ids": earlier})


def _key_in_doubt(table: Table, findings: Sequence[Finding]) -> bool:
    """Whether a field of the business key is among the faults."""
    key = set(table.key)
    return any(key & set(one.fields) for one in findings if one.consequence != "advice")
