"""Judge what is due: new versions, and held ones whose parents may have come.

One transaction per group of records of one table of one body: states, findings, counts and case
items appear together or not at all. Records that somebody else judges at the moment are passed by.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import psycopg

from connectors.base import Defect
from exchange.judging import dirty
from exchange.judging.inputs import keep_inputs
from exchange.judging.neighbours import earlier_versions, related_rows
from exchange.judging.parents import parent_states
from exchange.judging.rulesets import Rulesets
from exchange.judging.verdict import write_verdicts
from exchange.judging.waivers import waivers_of
from exchange.store.connection import Conn, Store
from exchange.store.queries import load
from validators import Context, Judgement, Record, judge
from validators.engine import COLUMNAR_FROM
from validators.record import wall_time

LOG = logging.getLogger(__name__)
Q = load("judging")
AFTER_A_BROKEN_RUN = timedelta(minutes=1)
ERROR_LENGTH = 500
CLAIM_AHEAD = 4
"""How many times what it takes a worker looks at, so that others at work do not leave it idle."""


class _GroupBrokeError(Exception):
    """One group of several that are judged in one breath broke: all must be judged anew."""


@dataclass(slots=True)
class Judged:
    """What a call came to, in records; ``errors`` are rules that broke: an alarm, no verdict.

    ``more``: it took as many as it was allowed, so that more may be due.
    """

    passed: int = 0
    failed: int = 0
    held: int = 0
    errors: list[str] = field(default_factory=list)
    more: bool = False

    @property
    def records(self) -> int:
        """How many records were judged."""
        return self.passed + self.failed + self.held

    def add(self, judgement: Judgement) -> None:
        """Count one judgement."""
        outcomes = [verdict.outcome for verdict in judgement.records]
        self.passed += outcomes.count("pass")
        self.failed += outcomes.count("fail")
        self.held += outcomes.count("hold")
        self.errors.extend(f"{one.rule}: {one.error}" for one in judgement.errors)


@dataclass(frozen=True, slots=True)
class Group:
    """Claimed versions of one table of one body, as the store's rows, oldest first."""

    body: str
    standard: str
    table: str
    rows: Sequence[dict[str, Any]]

    @property
    def feed(self) -> dict[str, str]:
        """The parameters by which SQL names where the rows came from."""
        return {"body": self.body, "standard": self.standard, "table_code": self.table}


def judge_due(
    store: Store,
    rulesets: Rulesets,
    *,
    now: datetime,
    bodies: Sequence[str] | None = None,
    limit: int = 500,
) -> Judged:
    """Judge up to ``limit`` due versions of these bodies (None: of all) and commit the verdicts.

    A body whose records fail in a flood is put aside (``dirty``): then only a small group of its
    records is judged now and again, in a call of its own.
    """
    wanted = list(bodies) if bodies is not None else None
    try:
        return _judge_claimed(store, rulesets, now, wanted, limit, together=True)
    except _GroupBrokeError as broken:
        LOG.warning("each group is judged on its own, as one broke: %s", broken)
        return _judge_claimed(store, rulesets, now, wanted, limit, together=False)


def bodies_due(store: Store, bodies: Sequence[str], *, now: datetime) -> set[str]:
    """Which of these bodies have versions that are due to be judged."""
    found = store.execute(Q["bodies_due"], {"bodies": list(bodies), "now": now})
    return {row["code"] for row in found}


def _judge_claimed(
    store: Store,
    rulesets: Rulesets,
    now: datetime,
    wanted: list[str] | None,
    limit: int,
    *,
    together: bool,
) -> Judged:
    """Claim and judge; ``together``: the first group that breaks breaks all, else only itself."""
    total = Judged()
    with store.transaction() as conn:
        trial = dirty.due_trial(conn, wanted, now)
        if trial is None:
            claim = {"now": now, "bodies": wanted, "limit": limit, "each": CLAIM_AHEAD * limit}
            rows = conn.execute(Q["claim_due"], claim).fetchall()
        else:
            size = rulesets.policy(trial, now).dirty_flood.trial
            few = {"now": now, "body": trial, "newest": size // 2, "oldest": size - size // 2}
            rows = conn.execute(Q["claim_trial"], few).fetchall()
        total.more = bool(rows) if trial is not None else len(rows) == limit
        outcomes: dict[str, dirty.Tally] = {}
        for (standard, body, table), members in groupby(
            rows, key=lambda row: (row["standard"], row["body"], row["table_code"])
        ):
            group = Group(body, standard, table, list(members))
            try:
                with nullcontext() if together else conn.transaction():
                    judgement = judge_group(conn, rulesets, group, now=now)
                total.add(judgement)
                outcomes.setdefault(body, dirty.Tally()).add(judgement)
            except psycopg.OperationalError:
                raise
            except Exception as error:
                what = f"{body} {standard} {table}: {type(error).__name__}: {error}"[:ERROR_LENGTH]
                if together:
                    raise _GroupBrokeError(what) from error
                # a broken run is not a broken record
                _postpone(conn, group, now)
                total.errors.append(what)
        if trial is None:
            for body, tally in sorted(outcomes.items()):
                dirty.count(conn, body, tally, rulesets.policy(body, now).dirty_flood, now)
        else:
            flood = rulesets.policy(trial, now).dirty_flood
            dirty.tried(conn, trial, outcomes.get(trial, dirty.Tally()), flood, now)
    return total


def _postpone(conn: Conn, group: Group, now: datetime) -> None:
    """Records whose judging broke stay as they are and are tried again after a while."""
    again = {"ids": [row["id"] for row in group.rows], "judge_after": now + AFTER_A_BROKEN_RUN}
    conn.execute(Q["postpone"], again)


def judge_group(conn: Conn, rulesets: Rulesets, group: Group, *, now: datetime) -> Judgement:
    """Judge one group and write what follows from it, inside the caller's transaction."""
    ruleset = rulesets.of(group.body, group.standard, now)
    policy = rulesets.policy(group.body, now)
    records = records_of(group)
    judgement, context = judged_in_context(conn, rulesets, group, records, now=now)
    number = write_verdicts(conn, group, judgement, ruleset, context, policy, now=now)
    keep_inputs(conn, number, judgement, records, context)
    return judgement


def records_of(group: Group) -> list[Record]:
    """The versions of a group as records to judge."""
    return [
        Record(
            id=row["id"],
            values=row["raw"],
            defects=tuple(Defect(**defect) for defect in row["defects"] or ()),
            where=row["place"],
        )
        for row in group.rows
    ]


def judged_in_context(
    conn: Conn,
    rulesets: Rulesets,
    group: Group,
    records: Sequence[Record],
    *,
    now: datetime,
    second_look: bool = False,
) -> tuple[Judgement, Context]:
    """Judge the records of a group in their context: parents, rows beside them, their past."""
    ruleset = rulesets.of(group.body, group.standard, now)
    grace = timedelta(seconds=rulesets.policy(group.body, now).hold_grace_s)
    known = Context(
        body=group.body,
        divisions=rulesets.divisions(group.body),
        now=now,
        waivers=waivers_of(conn, group.body, wall_time(now).date()),
        grace_over=frozenset(row["id"] for row in group.rows if row["pulled_at"] + grace <= now),
        second_look=second_look,
    )
    whole = len(records) < COLUMNAR_FROM
    needs = ruleset.needs(group.table, records, known, whole=whole)
    context = replace(
        known,
        parents=parent_states(conn, ruleset.standard, needs.parents),
        related=related_rows(conn, ruleset.standard, group.body, needs.related, group.rows),
        previous=earlier_versions(conn, group.feed, group.rows) if needs.previous else {},
    )
    return judge(ruleset, group.table, records, context, needs.read), context
