"""A second look at records that were handed on before all they are compared with had arrived.

Nothing is held back for what only asks for mending or advice; so a rule that could not compare yet
is asked again when the policy's grace is over. Findings and case appear as at the first verdict;
the record stays where it is. Records that gave way, were returned or withdrawn meanwhile are left.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import psycopg

from exchange.judging.inputs import keep_inputs
from exchange.judging.judge import ERROR_LENGTH, Group, judged_in_context, records_of
from exchange.judging.rulesets import Rulesets
from exchange.judging.verdict import (
    Move,
    count_outcomes,
    stamp_number,
    store_findings,
    write_cases,
)
from exchange.store.connection import Conn, Store
from exchange.store.queries import load

Q = load("judging")
HANDED_ON = frozenset({"queued", "sending", "unknown", "sent", "confirmed"})


class SecondLook:
    """What a call came to: records looked at again, how many of them had something to mend."""

    def __init__(self) -> None:
        self.records = 0
        self.found = 0
        self.errors: list[str] = []


def look_again(store: Store, rulesets: Rulesets, *, now: datetime, limit: int = 500) -> SecondLook:
    """Look again at up to ``limit`` records that are due. ``records`` is 0 when none was."""
    total = SecondLook()
    with store.transaction() as conn:
        rows = conn.execute(Q["claim_second_looks"], {"now": now, "limit": limit}).fetchall()
        total.records = len(rows)
        standing = [row for row in rows if row["state"] in HANDED_ON]
        for (standard, body, table), members in groupby(
            standing, key=lambda row: (row["standard"], row["body"], row["table_code"])
        ):
            group = Group(body, standard, table, list(members))
            try:
                with conn.transaction():
                    total.found += _look(conn, rulesets, group, now=now)
            except psycopg.OperationalError:
                raise
            except Exception as error:  # noqa: BLE001  a broken look costs no other record its own
                what = f"{body} {standard} {table}: {type(error).__name__}: {error}"
                total.errors.append(what[:ERROR_LENGTH])
        conn.execute(Q["forget_second_looks"], {"ids": [row["id"] for row in rows]})
    return total


def _look(conn: Conn, rulesets: Rulesets, group: Group, *, now: datetime) -> int:
    ruleset = rulesets.of(group.body, group.standard, now)
    policy = rulesets.policy(group.body, now)
    records = records_of(group)
    judgement, context = judged_in_context(
        conn, rulesets, group, records, now=now, second_look=True
    )
    moves = _as_they_are(group.rows, judgement.records)
    number = count_outcomes(
        conn, group.feed, judgement, moves, stamp_number(conn, ruleset.stamp), now
    )
    store_findings(conn, ruleset, number, judgement.records, now)
    write_cases(conn, group, ruleset.standard.table(group.table), moves, policy, now)
    keep_inputs(conn, number, judgement, records, context)
    return sum(bool(verdict.findings) for verdict in judgement.records)


def _as_they_are(rows: Sequence[dict[str, Any]], verdicts: Sequence[Any]) -> list[Move]:
    by_id = {row["id"]: row for row in rows}
    return [
        Move(by_id[one.id], one, by_id[one.id]["state"], "第二次核对", None) for one in verdicts
    ]
