"""Measure the store: the rows of each dataset for one day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from exchange.expectations.catalogue import Catalogue
from exchange.store.connection import Conn
from exchange.store.queries import load

Q = load("expectations")
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the office and when one looks at it."""

    day: date
    zone: ZoneInfo
    now: datetime


def measure(conn: Conn, catalogue: Catalogue, on: Day) -> dict[str, Rows]:
    """The rows of every dataset by name, all of one instant.

    To be called first in a transaction, which it makes read-only. Costs a pass over the month's
    versions and one over all that is confirmed: for once a day.
    """
    conn.execute("set transaction isolation level repeatable read, read only")
    start = datetime.combine(on.day, time(), on.zone)
    facts = {
        "day": on.day,
        "zone": on.zone.key,
        "now": on.now,
        "history": start - timedelta(days=catalogue.history_days),
        "start": start,
        "end": datetime.combine(on.day + timedelta(days=1), time(), on.zone),
        "parents": [parent for parent, _, _ in catalogue.pairs],
        "children": [child for _, child, _ in catalogue.pairs],
        "fields": [field for _, _, field in catalogue.pairs],
        "tables": [table for table, _ in catalogue.watched],
        "watched": [field for _, field in catalogue.watched],
    }
    return {one.name: conn.execute(Q[one.name], facts).fetchall() for one in catalogue.datasets}
