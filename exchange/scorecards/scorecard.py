"""The scorecard of one day, computed from the ledger: the same day gives the same numbers again.

What is counted are the versions on which the verdict fell that day, by the journey. Only two things
may still change afterwards: a version that was not confirmed when the card was made counts as late
until it is, and gets its seconds then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from exchange.notices.days import end_of
from exchange.scorecards.formula import Standing, standings
from exchange.scorecards.measures import Checks, Links, Measures, Timing
from exchange.scorecards.span import Span, statement
from exchange.store.connection import Conn
from exchange.store.queries import load
from schemas.policy import Policy

Q = load("scorecards")


@dataclass(frozen=True, slots=True)
class Scorecard:
    """One day of all bodies; ``stamps`` is what judged that day.

    ``waived`` counts the findings that were excused, by body, rule, signer and last day.
    """

    span: Span
    policy: Policy
    standings: Sequence[Standing]
    cases: Sequence[Mapping[str, Any]]
    waived: Sequence[Mapping[str, Any]]
    stamps: Sequence[Mapping[str, str]]

    @property
    def day(self) -> date:
        """The day that is scored."""
        return self.span.day

    @property
    def as_of(self) -> datetime:
        """When it was computed."""
        return self.span.now

    @property
    def complete(self) -> bool:
        """Whether the day and the time its last versions had were over when it was computed."""
        return self.as_of >= end_of(self.day) + self.policy.clock_limit


def score(conn: Conn, day: date, policy: Policy, *, now: datetime) -> Scorecard:
    """Compute the scorecard of a day as known at ``now``.

    To be called first in a transaction, which it fixes on one instant and makes read-only:
    ``exchange.scorecards.rows`` then lists exactly what is behind the numbers.
    """
    conn.execute(Q["as_of_one_instant"])
    span = Span(day, policy.clock_limit, now)
    cases = conn.execute(Q["cases"], span.parameters()).fetchall()
    return Scorecard(
        span=span,
        policy=policy,
        standings=standings(_measures(conn, span, cases), policy),
        cases=cases,
        waived=conn.execute(statement("waived"), span.parameters()).fetchall(),
        stamps=conn.execute(Q["stamps"], span.parameters()).fetchall(),
    )


def _measures(conn: Conn, span: Span, cases: Sequence[Mapping[str, Any]]) -> list[Measures]:
    failing: dict[str, dict[str, int]] = {}
    for row in conn.execute(statement("failing"), span.parameters()):
        failing.setdefault(row["body"], {})[row["dimension"]] = row["versions"]
    checks = {
        row["body"]: Checks(row["passed"], row["failed"], row["not_applicable"], row["not_checked"])
        for row in conn.execute(Q["checks"], span.parameters())
    }
    links = {
        row["body"]: Links(row["looked"], row["failing"])
        for row in conn.execute(statement("links"), span.parameters())
    }
    return [
        Measures(
            body=row["code"],
            name=row["name"],
            judged=row["judged"],
            returned=row["returned"],
            withdrawals=row["withdrawals"],
            failing=failing.get(row["code"], {}),
            timing=_timing(row),
            checks=checks.get(row["code"], Checks()),
            links=links.get(row["code"], Links()),
            open_cases=sum(case["body"] == row["code"] for case in cases),
            overdue_cases=sum(
                case["body"] == row["code"] and bool(case["overdue"]) for case in cases
            ),
        )
        for row in conn.execute(statement("bodies"), span.parameters())
    ]


def _timing(row: Mapping[str, Any]) -> Timing:
    p50, p95, p99 = row["seconds"] or (None, None, None)
    return Timing(
        on_time=row["on_time"],
        late=row["late"],
        pending=row["pending"],
        stock=row["stock"],
        skewed=row["skewed"],
        replaced=row["replaced"],
        p50=p50,
        p95=p95,
        p99=p99,
        at_body=row["at_body"],
        at_city=row["at_city"],
        at_province=row["at_province"],
    )
