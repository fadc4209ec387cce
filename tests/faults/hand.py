"""A clerk's hand: rows written into a county's front database by a test, beside what it tells.

They are planning lines (规划控制线): records without a parent, so that each can be followed alone,
and, where a parent is wanted, a project with what hangs on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

import psycopg

from schemas import load
from schemas.sample import story, valid
from simulators.events import SHANGHAI, wall_clock
from simulators.front_databases import CHANGE_COLUMN, connect_postgresql
from simulators.settings import connection_name
from tests.faults.city import FaultCity

LINES = "SPGL_DFGHKZXXXB"
PROJECT = "SPGL_XMJBXXB"
NUMBER = "KZXWJXH"
_SECOND = "%Y-%m-%d %H:%M:%S"

Record = dict[str, str | None]


class Hand:
    """Writes with the county's own account."""

    def __init__(self, city: FaultCity) -> None:
        self._city = city
        self._rng = Random("hand")
        self._next = 5_000_000

    def session(self, body: str, standard: str = "3.0") -> psycopg.Connection[Any]:
        """A session of the county's own; the caller commits and closes."""
        name = connection_name(f"county_{body}", standard)
        return connect_postgresql(self._city.accounts.writers[name])

    def lines(self, body: str, count: int, standard: str = "3.0") -> list[Record]:
        """So many right planning lines with keys of their own, not yet written."""
        version = load(standard)
        made = []
        for _ in range(count):
            self._next += 1
            given: Record = {"XZQHDM": body, NUMBER: str(self._next)}
            at = wall_clock().replace(tzinfo=None, microsecond=0)
            made.append(valid(version, LINES, self._rng, given=given, at=at))
        return made

    def project(self, body: str, standard: str = "3.0") -> tuple[Record, list[tuple[str, Record]]]:
        """A project that refers to the county's own flow, and children that need only it."""
        version = load(standard)
        start = wall_clock().replace(tzinfo=None, microsecond=0) - timedelta(days=500)
        events = story(version, body, self._rng, start)
        project = next(event.record for event in events if event.table == PROJECT)
        children = [
            (event.table, dict(event.record))
            for event in events
            if event.table != PROJECT
            and {ref.table for ref in version.table(event.table).references} == {PROJECT}
        ]
        return dict(project), children

    def write(
        self,
        body: str,
        rows: Sequence[tuple[str, Record]],
        standard: str = "3.0",
        *,
        at: datetime | None = None,
        session: psycopg.Connection[Any] | None = None,
    ) -> None:
        """Inserts rows, all with the change time ``at`` (default: now), in one transaction.

        With a ``session`` they are left uncommitted in it.
        """
        stamp = (at or wall_clock()).astimezone(SHANGHAI).strftime(_SECOND)
        conn = session or self.session(body, standard)
        with conn.cursor() as cursor:
            for table, record in rows:
                values = {code: text for code, text in record.items() if code != "LSH"}
                values[CHANGE_COLUMN] = stamp
                names = ", ".join(f'"{code}"' for code in values)
                marks = ", ".join(["%s"] * len(values))
                cursor.execute(
                    f'insert into "{table}" ({names}) values ({marks})'.encode(),
                    list(values.values()),
                )
        if session is None:
            conn.commit()
            conn.close()

    def say(self, body: str, *records: Record, at: datetime | None = None) -> None:
        """Writes planning lines."""
        self.write(body, [(LINES, record) for record in records], at=at)

    def change(self, body: str, table: str, record: Record, **values: str) -> Record:
        """Changes a record in place, as some systems do; returns it as it stands then."""
        sets = ", ".join(f'"{code}" = %s' for code in (*values, CHANGE_COLUMN))
        stamp = wall_clock().strftime(_SECOND)
        with self.session(body) as conn:
            conn.execute(
                f'update "{table}" set {sets} where "DFSJZJ" = %s'.encode(),
                [*values.values(), stamp, record["DFSJZJ"]],
            )
        return record | values

    def states(self, *records: Record) -> list[list[str]]:
        """For each record the states of its versions, oldest first."""
        keys = [record["DFSJZJ"] for record in records]
        found: dict[str, list[str]] = {str(key): [] for key in keys}
        with self._city.store() as conn:
            for key, state in conn.execute(
                "select local_key, state from version where local_key = any(%s) order by id",
                [keys],
            ):
                found[key].append(state)
        return [found[str(key)] for key in keys]

    def wait_for(self, *records: Record, last: str, seconds: float = 60) -> None:
        """Waits until the newest version of each record is in this state."""
        self._city.wait(
            lambda: all(states[-1:] == [last] for states in self.states(*records)),
            seconds,
            f"{len(records)} records {last}",
        )

    def count(self, statement: str, *values: object) -> int:
        """The number that a statement on the store gives."""
        with self._city.store() as conn:
            row = conn.execute(statement.encode(), values).fetchone()
        assert row is not None
        return int(row[0])
