"""Changes by a queue that triggers fill: lines are claimed with locks, never by their number.

A number says when a line was written, not when it was committed: a reader that remembers the
greatest number loses whatever commits late under a smaller one. So each reader locks the lines it
takes, skips those that another holds, and deletes them when the rows are landed.

The account of this connection needs SELECT, UPDATE and DELETE on the queue and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnClause, Connection, Select, bindparam, column, delete, select, table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.elements import quoted_name

from connectors.base import StopError, TryLaterError
from connectors.database_products import Session, failure_of, open_engine, reason_of
from connectors.deadline import deadline
from connectors.front_changes import Change, ChangeFeed
from connectors.queue_ddl import QUEUE, SEPARATOR
from schemas import Table

_WITHOUT_LIMIT = {"oracle", "dm"}
"""Products in which locking and limiting exclude each other: they lock line by line as fetched."""


class ChangeQueue(ChangeFeed):
    """The queue of one front database, claimed over a connection of its own."""

    def __init__(
        self, body: str, url: str, *, schema: str | None, statement_seconds: int = 60
    ) -> None:
        """Nothing is contacted yet; ``url`` is a stored connection's."""
        self._body = body
        self._seconds = statement_seconds
        session = Session(read_only=False, statement_seconds=statement_seconds)
        # A stricter level would lock the gaps too, and the county's own writers out of the queue.
        self._engine = open_engine(url, session).execution_options(isolation_level="READ COMMITTED")
        names = ("ID", "TABLE_NAME", "ROW_KEY", "LOCAL_KEY")
        self._columns: dict[str, ColumnClause[Any]] = {
            name: column(quoted_name(name, quote=True)) for name in names
        }
        self._table = table(quoted_name(QUEUE, quote=True), *self._columns.values(), schema=schema)
        self._held: Connection | None = None
        self._numbers: list[int] = []

    def check(self) -> list[str]:
        """Raises StopError when the queue is not there or not ours to claim from."""
        number = self._columns["ID"]
        try:
            with self._engine.connect() as connection, deadline(connection, self._seconds):
                connection.execute(self._locking(select(number).where(number < 0))).all()
                connection.execute(delete(self._table).where(number < 0))
                connection.rollback()
        except DBAPIError as error:
            raise self._error(error) from None
        return []

    def waiting(self, tables: Sequence[Table]) -> set[str]:
        """By one question; lines that are not committed yet are no lines yet."""
        name = self._columns["TABLE_NAME"]
        try:
            with self._engine.connect() as connection, deadline(connection, self._seconds):
                found = connection.scalars(select(name).select_from(self._table).distinct())
                return set(found) & {one.code for one in tables}
        except DBAPIError as error:
            raise self._error(error) from None

    def claim(self, table: Table, limit: int) -> list[Change]:
        """The oldest lines that are free; they stay locked until settled or let go."""
        self._let_go()
        statement = self.statement(table, limit)
        try:
            self._held = self._engine.connect()
            with deadline(self._held, self._seconds):
                lines = self._held.execute(statement).fetchmany(limit)
        except DBAPIError as error:
            self._let_go()
            raise self._error(error) from None
        self._numbers = [line[0] for line in lines]
        if not lines:
            self._let_go()
        return [Change(tuple(str(key).split(chr(SEPARATOR))), local) for _, key, local in lines]

    def statement(self, table: Table, limit: int) -> Select[Any]:
        """The statement that claims, in the words of this product."""
        number, name = self._columns["ID"], self._columns["TABLE_NAME"]
        statement = (
            select(number, self._columns["ROW_KEY"], self._columns["LOCAL_KEY"])
            .select_from(self._table)
            .where(name == table.code)
            .order_by(number)
        )
        if self._engine.dialect.name not in _WITHOUT_LIMIT:
            statement = statement.limit(limit)
        return self._locking(statement)

    def settle(self) -> None:
        """Deletes the lines; when that fails they come again, which changes nothing."""
        if self._held is None:
            return
        # One by one: for a list of them a server may look through the whole queue, and then waits
        # for the lines that another reader holds.
        one = delete(self._table).where(self._columns["ID"] == bindparam("number"))
        try:
            with deadline(self._held, self._seconds):
                self._held.execute(one, [{"number": number} for number in self._numbers])
                self._held.commit()
        except DBAPIError as error:
            raise self._error(error) from None
        finally:
            self._let_go()

    def close(self) -> None:
        """Lets go and closes."""
        self._let_go()
        self._engine.dispose()

    @staticmethod
    def _locking(statement: Select[Any]) -> Select[Any]:
        return statement.with_for_update(skip_locked=True)

    def _let_go(self) -> None:
        held, self._held, self._numbers = self._held, None, []
        if held is not None:
            held.close()

    def _error(self, error: DBAPIError) -> StopError | TryLaterError:
        reason = reason_of(error)
        if failure_of(error) in {"login", "rights", "shape"}:
            return StopError(
                f"变更队列 {QUEUE} 不可用：{reason}；建表和授权语句见 ./run exchange queue-ddl",
                body=self._body,
            )
        return TryLaterError(f"变更队列连接失败或中断：{reason}", body=self._body)
