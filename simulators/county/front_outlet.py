"""Delivery into the body's own front database, PostgreSQL or MariaDB.

A batch is one transaction. It may be held open: its rows carry their change time from the moment
they were written but become visible only with the commit, as with a slow application.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg
import pymysql

from simulators.accounts import Account
from simulators.county.journal import Batch, Record, Step
from simulators.county.outlet import AwayError, Outlet, UnstorableError
from simulators.front_databases import CHANGE_COLUMN, connect_mariadb, connect_postgresql

_AWAY = (psycopg.OperationalError, psycopg.InterfaceError, pymysql.err.InterfaceError)
_MARIADB_AWAY = frozenset({1040, 1053, 1205, 1213, 2003, 2006, 2013, 2055})
_UPLOAD_TIME = "SCSJ"
_SERIAL = "LSH"

Connection = Any  # DB-API: the two drivers share the calls used here, not a type


class FrontOutlet(Outlet):
    """Writes with the county's own account."""

    can_update = True

    def __init__(self, account: Account) -> None:
        self._account = account
        self._connection: Connection | None = None
        self._columns: dict[str, frozenset[str]] = {}
        self._held: list[tuple[float, Connection, Batch]] = []

    def deliver(self, batch: Batch) -> bool:
        """Writes the batch in one transaction; held open if the batch says so."""
        held = batch.hold > 0
        with self._errors():
            connection = self._connect() if held else self._own()
            with connection.cursor() as cursor:
                for step in batch.steps:
                    self._write(cursor, step, batch.at)
            if held:
                self._held.append((time.monotonic() + batch.hold, connection, batch))
            else:
                connection.commit()
        return not held

    def arrived(self, batch: Batch) -> bool:
        """Whether the last row of the batch is there with the batch's change time."""
        last = batch.steps[-1]
        with self._errors(), self._own().cursor() as cursor:
            if last.op == "delete":
                found = self._find(cursor, last.table, _content(last.before))
                there = found is None
            else:
                stamped = self._stamped(last, batch.at)
                there = self._find(cursor, last.table, stamped) is not None
            self._own().commit()
        return there

    def finish_held(self, now: float) -> list[Batch]:
        """Commits what is due; a session lost meanwhile leaves its batch to be sent again."""
        due = [entry for entry in self._held if entry[0] <= now]
        self._held = [entry for entry in self._held if entry[0] > now]
        committed = []
        for _, connection, batch in due:
            with self._errors():
                connection.commit()
                connection.close()
            committed.append(batch)
        return committed

    def holds(self, batch: Batch) -> bool:
        """Whether this batch is being held open."""
        return any(held.id == batch.id for _, _, held in self._held)

    def alter(self, statement: str) -> None:
        """Changes the structure of the database, as a careless upgrade does.

        Waits a few seconds at most for readers and held transactions; AwayError then.
        """
        wait = {
            "postgresql": "set local lock_timeout = '3s'",
            "mariadb": "set lock_wait_timeout = 3",
        }[self._account.server]
        with self._errors(), self._own().cursor() as cursor:
            cursor.execute(wait)
            cursor.execute(statement)
            self._own().commit()
        self._columns.clear()

    def close(self) -> None:
        """Closes all sessions; held transactions are rolled back."""
        for connection in [entry[1] for entry in self._held] + [self._connection]:
            if connection is not None:
                with suppress(*_AWAY, pymysql.err.Error):
                    connection.close()
        self._held, self._connection = [], None

    def _write(self, cursor: Any, step: Step, at: str) -> None:
        values = self._kept(cursor, step.table, self._stamped(step, at))
        names = ", ".join(f'"{code}"' for code in values)
        if step.op == "insert":
            marks = ", ".join(["%s"] * len(values))
            text = f'insert into "{step.table}" ({names}) values ({marks})'
            cursor.execute(text, list(values.values()))
            return
        serial = self._find(cursor, step.table, _content(step.before))
        if serial is None:
            return
        if step.op == "delete":
            cursor.execute(f'delete from "{step.table}" where "{_SERIAL}" = %s', [serial])
            return
        sets = ", ".join(f'"{code}" = %s' for code in values)
        text = f'update "{step.table}" set {sets} where "{_SERIAL}" = %s'
        cursor.execute(text, [*values.values(), serial])

    def _stamped(self, step: Step, at: str) -> Record:
        record = {code: text for code, text in step.record.items() if code != _SERIAL}
        if _UPLOAD_TIME in record:
            record[_UPLOAD_TIME] = at
        return record | {CHANGE_COLUMN: at}

    def _kept(self, cursor: Any, table: str, record: Record) -> Record:
        """What of a record the database has columns for."""
        if table not in self._columns:
            cursor.execute(f'select * from "{table}" where 1 = 0')
            self._columns[table] = frozenset(column[0] for column in cursor.description)
        return {code: text for code, text in record.items() if code in self._columns[table]}

    def _find(self, cursor: Any, table: str, record: Record) -> Any:
        """The serial number of the newest row with exactly this content, or None."""
        kept = {
            code: text
            for code, text in self._kept(cursor, table, record).items()
            if code != _SERIAL
        }
        where = " and ".join(
            f'"{code}" is null' if text is None else f'"{code}" = %s' for code, text in kept.items()
        )
        cursor.execute(
            f'select max("{_SERIAL}") from "{table}" where {where or "1 = 0"}',
            [text for text in kept.values() if text is not None],
        )
        return cursor.fetchone()[0]

    def _own(self) -> Connection:
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> Connection:
        if self._account.server == "mariadb":
            return connect_mariadb(self._account)
        return connect_postgresql(self._account)

    def _errors(self) -> _Translated:
        return _Translated(self._drop)

    def _drop(self) -> None:
        """After an error: start over with a new session next time."""
        self._columns.clear()
        if self._connection is not None:
            with suppress(*_AWAY, pymysql.err.Error):
                self._connection.close()
        self._connection = None


def _content(record: Record | None) -> Record:
    """A row without the times that delivery put into it."""
    times = {CHANGE_COLUMN, _UPLOAD_TIME}
    return {code: text for code, text in (record or {}).items() if code not in times}


class _Translated:
    """Turns the drivers' errors into ours: away, or never storable."""

    def __init__(self, drop: Callable[[], None]) -> None:
        self._drop = drop

    def __enter__(self) -> None:
        return None

    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> None:
        if error is None:
            return
        self._drop()
        if isinstance(error, _AWAY) or (
            isinstance(error, pymysql.err.OperationalError)
            and error.args
            and error.args[0] in _MARIADB_AWAY
        ):
            raise AwayError(str(error)) from error
        if isinstance(error, psycopg.Error | pymysql.err.Error | ValueError):
            raise UnstorableError(str(error)) from error
