"""The rows behind the numbers of a scorecard, at most so many of each kind per body.

To be read in the transaction in which the scorecard was computed. Keys are masked where they name a
person; values come from findings, which are masked already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from exchange.notices.masking import mask_key, shown_key
from exchange.notices.paper import clipped
from exchange.scorecards.span import Span, statement
from exchange.store.connection import Conn
from schemas import table_of


@dataclass(frozen=True, slots=True)
class Record:
    """A version as a list shows it."""

    body: str
    standard: str
    table: str
    table_name: str
    key: str
    local_key: str
    revision: int
    state: str


@dataclass(frozen=True, slots=True)
class Failing:
    """A finding of one property, with its record."""

    record: Record
    dimension: str
    rule: str
    clause: str
    fields: str
    value: str
    message: str


@dataclass(frozen=True, slots=True)
class Late:
    """A version that missed the clock; ``seconds`` is None while it is not confirmed."""

    record: Record
    event: datetime
    pulled_at: datetime
    sent_at: datetime | None
    confirmed_at: datetime | None

    @property
    def seconds(self) -> float | None:
        """From the event to the confirmation."""
        if self.confirmed_at is None:
            return None
        return (self.confirmed_at - self.event).total_seconds()


@dataclass(slots=True)
class BodyRows:
    """What is listed for one body."""

    tables: list[Mapping[str, Any]] = field(default_factory=list)
    judged: list[Record] = field(default_factory=list)
    failing: dict[str, list[Failing]] = field(default_factory=dict)
    late: list[Late] = field(default_factory=list)


def by_body(conn: Conn, span: Span, cap: int) -> dict[str, BodyRows]:
    """Everything that is listed, per body, each list at most ``cap`` long."""
    found: dict[str, BodyRows] = {}
    for row in conn.execute(statement("judged_by_table"), span.parameters()):
        table = table_of(row["standard"], row["table_code"])
        entry = {**row, "table_name": table.name if table else row["table_code"]}
        found.setdefault(row["body"], BodyRows()).tables.append(entry)
    for record in judged(conn, span, cap):
        found.setdefault(record.body, BodyRows()).judged.append(record)
    for one in failing(conn, span, cap):
        rows = found.setdefault(one.record.body, BodyRows())
        rows.failing.setdefault(one.dimension, []).append(one)
    for late_one in late(conn, span, cap):
        found.setdefault(late_one.record.body, BodyRows()).late.append(late_one)
    return found


def judged(conn: Conn, span: Span, cap: int) -> Iterator[Record]:
    """The versions judged, the returned ones first."""
    for row in _streamed(conn, "judged_rows", span, cap):
        yield _record(row)


def failing(conn: Conn, span: Span, cap: int) -> Iterator[Failing]:
    """The findings, by body and property."""
    for row in _streamed(conn, "failing_rows", span, cap):
        detail: Mapping[str, Any] = row["detail"]
        names = detail.get("field_names") or detail.get("fields") or ()
        yield Failing(
            record=_record(row),
            dimension=row["dimension"],
            rule=row["rule"],
            clause=clipped(row["clause"]),
            fields="、".join(names) or "整条记录",
            value=clipped(detail.get("value")),
            message=clipped(detail.get("message")),
        )


def late(conn: Conn, span: Span, cap: int) -> Iterator[Late]:
    """The versions that missed the clock, the unconfirmed first."""
    for row in _streamed(conn, "late_rows", span, cap):
        yield Late(
            _record(row), row["event"], row["pulled_at"], row["sent_at"], row["confirmed_at"]
        )


def _streamed(conn: Conn, query: str, span: Span, cap: int) -> Iterator[Mapping[str, Any]]:
    """The rows as they come; a day of a province does not fit into memory."""
    with conn.cursor(query) as cursor:
        cursor.itersize = 2000
        yield from cursor.execute(statement(query), {**span.parameters(), "cap": cap})


def _record(row: Mapping[str, Any]) -> Record:
    table = table_of(row["standard"], row["table_code"])
    key = shown_key(table, row["record_key"])
    local = mask_key(None, {"": row["local_key"] or ""})[""]
    return Record(
        body=row["body"],
        standard=row["standard"],
        table=row["table_code"],
        table_name=table.name if table else row["table_code"],
        key="，".join(clipped(text) for text in key.values()) or clipped(local),
        local_key=clipped(local),
        revision=row["revision"],
        state=row["state"],
    )
