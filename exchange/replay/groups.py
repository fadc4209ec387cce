"""What was judged together: records, what the judgement saw besides them, and what it said.

Read from the store one judgement at a time, so that years of records need the memory of one batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from exchange.store.connection import Conn
from exchange.store.queries import load

Q = load("replay")
FETCH = 200
"""Judgements read ahead."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A record as it was judged, and how it fared: outcome and rule → consequence.

    ``counted`` is False for one that was judged together with others but landed on another day or
    was judged again later: it is there because the others' verdict may rest on it.
    """

    id: int
    values: Mapping[str, str | None]
    defects: Sequence[Mapping[str, Any]]
    where: str
    record_key: str
    revision: int
    outcome: str
    found: Mapping[str, str]
    counted: bool

    def to_json(self) -> dict[str, Any]:
        """What a judgement needs of it."""
        return {
            "id": self.id,
            "values": dict(self.values),
            "defects": [dict(one) for one in self.defects],
            "where": self.where,
        }


@dataclass(frozen=True, slots=True)
class Group:
    """One judgement of records of one table of one body; ``context`` as ``validators.inputs``."""

    judgement: int
    at: datetime
    body: str
    standard: str
    table: str
    context: Any
    records: Sequence[Judged]


@dataclass(frozen=True, slots=True)
class Period:
    """Days of landing, both included, in the zone of the records; ``bodies`` None: all."""

    first: date
    last: date
    zone: ZoneInfo
    bodies: tuple[str, ...] | None = None

    def parameters(self) -> dict[str, Any]:
        """For the statements."""
        return {
            "start": datetime.combine(self.first, time(), self.zone),
            "end": datetime.combine(self.last + timedelta(days=1), time(), self.zone),
            "bodies": list(self.bodies) if self.bodies else None,
        }


def groups(conn: Conn, period: Period) -> Iterator[Group]:
    """The judgements behind the standing verdicts on what landed in a period, oldest first.

    To be read in one transaction (``of_one_instant``) from beginning to end.
    """
    with conn.cursor("judgements") as cursor:
        cursor.itersize = FETCH
        for row in cursor.execute(Q["judgements_between"], period.parameters()):
            yield group_of(conn, row, frozenset(row["landed"]))


def of_one_instant(conn: Conn) -> None:
    """Fix a transaction that has just begun on one instant and make it read-only."""
    conn.execute("set transaction isolation level repeatable read, read only")


def without_inputs(conn: Conn, period: Period) -> int:
    """How many versions of a period were judged before inputs were kept: not in a replay."""
    row = conn.execute(Q["without_inputs"], period.parameters()).fetchone()
    return int(row["versions"]) if row else 0


def group_of(conn: Conn, row: Mapping[str, Any], counted: frozenset[int]) -> Group:
    """The group of a judgement's row."""
    members = conn.execute(Q["records_of"], {"judgement": row["id"]})
    return Group(
        judgement=row["id"],
        at=row["at"],
        body=row["body"],
        standard=row["standard"],
        table=row["table_code"],
        context=row["context"],
        records=[_judged(one, counted) for one in members],
    )


def _judged(row: Mapping[str, Any], counted: frozenset[int]) -> Judged:
    return Judged(
        id=row["id"],
        values=row["raw"],
        defects=row["defects"] or (),
        where=row["place"],
        record_key=row["record_key"],
        revision=row["revision"],
        outcome=row["outcome"],
        found={one["rule"]: one["consequence"] for one in row["found"] or ()},
        counted=row["id"] in counted,
    )
