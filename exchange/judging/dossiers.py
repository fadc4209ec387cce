"""Review dossiers that are due: a row of theirs was judged a while ago, or a day has come.

Cost grows with what changed: a dossier is read when a row of it was judged, and when time alone may
change an answer. One transaction per group of dossiers holds answers, findings, case items and the
marks taken away; killed anywhere, the marks are still there. Two reviews at once share no work.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import psycopg

from exchange.judging.dossier_inputs import Contents, keep_dossier
from exchange.judging.dossier_rows import Shelf
from exchange.judging.dossier_verdict import write_verdicts
from exchange.judging.rulesets import Rulesets
from exchange.judging.waivers import waivers_ahead
from exchange.store.connection import Conn, Store
from exchange.store.queries import load
from validators.dossier.dossier import Dossier, DossierKind
from validators.dossier.engine import DossierJudgement, judge_dossier
from validators.dossier.rule import Setting
from validators.judgement import Counts
from validators.record import wall_time
from validators.waiver import Waiver

Q = load("dossiers")
AFTER_A_BROKEN_REVIEW = timedelta(minutes=10)
ERROR_LENGTH = 500
GROUP = 50


@dataclass(slots=True)
class Reviewed:
    """What a call came to; ``errors`` are rules or dossiers that broke: an alarm, no answer."""

    dossiers: int = 0
    opened: int = 0
    closed: int = 0
    errors: list[str] = field(default_factory=list)

    def add(self, other: Reviewed) -> None:
        """Count another call."""
        self.dossiers += other.dossiers
        self.opened += other.opened
        self.closed += other.closed
        self.errors.extend(other.errors)


@dataclass(frozen=True, slots=True)
class _Desk:
    """What a review works with."""

    rulesets: Rulesets
    now: datetime
    contents: Contents = field(default_factory=Contents)


def review_due(store: Store, rulesets: Rulesets, *, now: datetime, limit: int = GROUP) -> Reviewed:
    """Review up to about ``limit`` due dossiers and commit; none when somebody else does."""
    desk = _Desk(rulesets, now)
    total = Reviewed()
    with store.transaction() as conn:
        found = conn.execute(Q["take_review"]).fetchone()
        if found is None or not found["taken"]:
            return total
        due = conn.execute(Q["due_dossiers"], {"now": now, "limit": limit}).fetchall()
        for standard, members in groupby(
            sorted(due, key=lambda row: row["standard"]), key=lambda row: str(row["standard"])
        ):
            total.add(_review_standard(conn, desk, standard, list(members)))
    return total


def _review_standard(
    conn: Conn, desk: _Desk, standard: str, due: Sequence[dict[str, Any]]
) -> Reviewed:
    keys: dict[DossierKind, list[str]] = {}
    for row in due:
        keys.setdefault(row["kind"], []).append(row["key"])
    body = min(desk.rulesets.bodies)
    shelf = Shelf(conn, standard, desk.rulesets.of(body, standard, desk.now).standard.tables)
    units = keys.get("project", [])
    more = [one for one in shelf.units_of(keys.get("plan", ())) if one not in units]
    if more:
        keys["project"] = units + more
    marks = _marks(conn, standard, keys)
    total = Reviewed()
    counts: dict[str, list[Counts]] = {}
    for kind, named in keys.items():
        dossiers = shelf.fetch(kind, named).values()
        bodies = {body for dossier in dossiers for body in dossier.bodies}
        waivers = waivers_ahead(conn, bodies, wall_time(desk.now).date())
        for dossier in dossiers:
            total.dossiers += 1
            try:
                with conn.transaction():
                    judgement = _review(conn, desk, standard, dossier, waivers, total)
            except psycopg.OperationalError:
                raise
            except Exception as error:  # noqa: BLE001  a broken dossier must not cost the others
                total.errors.append(_told(standard, dossier, error))
                _postpone(conn, standard, dossier, desk.now)
                continue
            for rule, one in judgement.counts.items():
                counts.setdefault(rule, []).append(one)
            total.errors.extend(f"{one.rule}: {one.error}" for one in judgement.errors)
    conn.execute(Q["take_marks"], {"ids": marks})
    _count(conn, standard, total, counts, desk.now)
    return total


def _review(
    conn: Conn,
    desk: _Desk,
    standard: str,
    dossier: Dossier,
    waivers: Mapping[str, Sequence[Waiver]],
    total: Reviewed,
) -> DossierJudgement:
    """Judge one dossier as the body judges that sent the row it hangs on, and write it down."""
    rows = [row for members in dossier.rows.values() for row in members]
    body = min(rows, key=lambda row: row.version).body if rows else min(desk.rulesets.bodies)
    ruleset = desk.rulesets.of(body, standard, desk.now)
    policy = desk.rulesets.policy(body, desk.now)
    setting = Setting(desk.now, policy.dossiers, policy.calendar, waivers)
    judgement = judge_dossier(dossier, ruleset.dossier_rules, ruleset.standard, setting)
    opened, closed = write_verdicts(
        conn, standard, dossier, judgement, ruleset.stamp, policy, now=desk.now
    )
    keep_dossier(conn, standard, dossier, body, setting, judgement, desk.contents)
    total.opened += opened
    total.closed += closed
    return judgement


def _marks(conn: Conn, standard: str, keys: dict[DossierKind, list[str]]) -> list[int]:
    """The marks that the review answers: those that were there before it read the rows."""
    pairs = [(kind, key) for kind, named in keys.items() for key in named]
    asked = {
        "standard": standard,
        "kinds": [kind for kind, _ in pairs],
        "keys": [key for _, key in pairs],
    }
    return [row["id"] for row in conn.execute(Q["marks_of"], asked)]


def _count(
    conn: Conn, standard: str, total: Reviewed, counts: dict[str, list[Counts]], now: datetime
) -> None:
    outcomes = {rule: _sum(members) for rule, members in counts.items()}
    conn.execute(
        Q["insert_review"],
        {
            "now": now,
            "standard": standard,
            "dossiers": total.dossiers,
            "outcomes": json.dumps(outcomes, ensure_ascii=False),
            "errors": json.dumps(total.errors, ensure_ascii=False) if total.errors else None,
        },
    )


def _sum(members: Sequence[Counts]) -> list[object]:
    """As in ``judgement``: passed, failed, not applicable, {reason: not checked}."""
    reasons: dict[str, int] = {}
    for one in members:
        for reason, number in one.not_checked.items():
            reasons[reason] = reasons.get(reason, 0) + number
    return [
        sum(one.passed for one in members),
        sum(one.failed for one in members),
        sum(one.not_applicable for one in members),
        reasons,
    ]


def _postpone(conn: Conn, standard: str, dossier: Dossier, now: datetime) -> None:
    again = {"again_at": now + AFTER_A_BROKEN_REVIEW, "now": now, "stamp": None}
    named = {"standard": standard, "kind": dossier.kind, "key": dossier.key}
    conn.execute(Q["reviewed"], named | again)


def _told(standard: str, dossier: Dossier, error: Exception) -> str:
    what = f"{standard} {dossier.kind} {dossier.key}: {type(error).__name__}: {error}"
    return what[:ERROR_LENGTH]
