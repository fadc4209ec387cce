"""Target: the province's front database (前置库) with the standard's tables.

"Count the rows with this content, write only if there are ``prior``" is one transaction at
isolation level SERIALIZABLE, so two senders of one row can never both write; the loser is told to
try again. Oracle and Dameng give no such guarantee at that level, there the table is locked first.
When the connection breaks while the commit is on its way the outcome is unknown, and only ``ask``
tells.

A row that the database cannot take is found by halving the batch, so that it harms no other.

Options: ``schema``, ``zone`` (default +08:00), ``statement_seconds`` (default 30).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from connectors.base import (
    ConnectorError,
    Found,
    Holds,
    Outgoing,
    SendResult,
    StopError,
    Target,
    TryLaterError,
    UpstreamVerdict,
    do_nothing,
)
from connectors.connections import Connections
from connectors.content import (
    Content,
    UpstreamRow,
    changed_columns,
    content_of,
    found,
    found_among,
    missing_prior,
    verdict,
    verdict_of,
)
from connectors.database_products import (
    PRODUCTS,
    Failure,
    Session,
    failure_of,
    open_engine,
    reason_of,
)
from connectors.deadline import deadline
from connectors.front_layout import tables_present
from connectors.key_ranges import RangeSum
from connectors.provincial_rows import CannotBeWrittenError, ProvincialRows
from connectors.upstream import UpstreamFileError, Way
from connectors.upstream_reading import UpstreamReading
from schemas import Standard, Table

_OPTIONS = {"schema", "zone", "statement_seconds"}
_TRIES = 4
_SERIALIZABLE = "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"


class _PoisonError(Exception):
    """The database refuses the content of one of the rows."""


def open_target(way: Way, standard: Standard, connections: Connections) -> ProvincialDatabase:
    """The province's front database; raises StopError when file or connection are wrong."""
    unknown = sorted(way.options.keys() - _OPTIONS)
    if unknown:
        raise UpstreamFileError(
            f'targets."{way.standard}".{unknown[0]}: a provincial_database only knows '
            f"{', '.join(sorted(_OPTIONS))}"
        )
    return ProvincialDatabase(connections.url(way.connection), standard, **way.options)


class ProvincialDatabase(Target, UpstreamReading):
    """One front database that takes one version of the standard."""

    def __init__(
        self,
        url: str,
        standard: Standard,
        *,
        schema: str | None = None,
        zone: str = "+08:00",
        statement_seconds: int = 30,
    ) -> None:
        """Nothing is contacted yet; ``url`` is a stored connection's."""
        session = Session(read_only=False, statement_seconds=statement_seconds, zone=zone)
        self._engine = open_engine(url, session)
        self._product = PRODUCTS[self._engine.dialect.name]
        self._standard = standard
        self._schema = schema
        self._seconds = statement_seconds + 5
        self._tables: dict[str, ProvincialRows] = {}

    def send(
        self,
        table: Table,
        rows: Sequence[Outgoing],
        *,
        holds: Holds = do_nothing,  # noqa: ARG002 - what is there is counted in the same transaction
    ) -> list[SendResult]:
        """One transaction for all rows where possible; see ``Target.send``."""
        results: dict[int, SendResult] = {}
        with self._connected(table) as connection:
            there = self._rows_of(connection, table)
        writable: list[tuple[Outgoing, dict[str, Any]]] = []
        for row in rows:
            try:
                writable.append((row, there.to_write(row.values)))
            except CannotBeWrittenError as error:
                results[row.delivery] = SendResult(row.delivery, "refused", reason=str(error))
        for result in self._send_halving(table, there, writable, first=True):
            results[result.delivery] = result
        return [results[row.delivery] for row in rows]

    def ask(self, table: Table, rows: Sequence[Outgoing]) -> list[Found]:
        """By business key, validity and content."""
        with self._connected(table) as connection:
            present = self._look(connection, table, rows)
        return [found(row, found_among(table, row, present[row.delivery])) for row in rows]

    def verdicts(self, table: Table, rows: Sequence[Outgoing]) -> list[UpstreamVerdict]:
        """By serial number where it is known, else by business key, validity and content."""
        unknown = [row for row in rows if not row.lsh]
        with self._connected(table) as connection:
            there = self._rows_of(connection, table)
            with deadline(connection, self._seconds):
                numbered = there.look_by_serial(connection, [row.lsh for row in rows if row.lsh])
            present = self._look(connection, table, unknown)
        verdicts = []
        for row in rows:
            if not row.lsh:
                verdicts.append(verdict(row, found_among(table, row, present[row.delivery])))
            elif row.lsh in numbered:
                verdicts.append(verdict_of(row, numbered[row.lsh]))
            else:
                verdicts.append(UpstreamVerdict(row.delivery, None, row.lsh, None))
        return verdicts

    def by_serial(self, table: Table, serials: Sequence[str]) -> dict[str, UpstreamRow]:
        """By the rows themselves."""
        with self._connected(table) as connection:
            there = self._rows_of(connection, table)
            with deadline(connection, self._seconds):
                return there.look_by_serial(connection, serials)

    def sum(self, table: Table, serials: Sequence[str]) -> RangeSum | None:
        """By the database's own digests where it has such."""
        with self._connected(table) as connection:
            there = self._rows_of(connection, table)
            with deadline(connection, self._seconds):
                return there.sum_by_serial(connection, serials)

    def serials(self, table: Table, divisions: Collection[str]) -> Iterator[list[str]]:
        """By one statement, whose rows come as they are taken; each wait has its limit."""
        with self._connected(table) as connection:
            there = self._rows_of(connection, table)
            yield from there.serials(connection, divisions, self._seconds)

    def close(self) -> None:
        """Closes the connections."""
        self._engine.dispose()

    def _send_halving(
        self,
        table: Table,
        there: ProvincialRows,
        rows: list[tuple[Outgoing, dict[str, Any]]],
        *,
        first: bool,
    ) -> list[SendResult]:
        """All rows at once; when one of them is refused, each half by itself."""
        if not rows:
            return []
        try:
            return self._send_together(table, there, rows)
        except _PoisonError as error:
            if len(rows) == 1:
                return [SendResult(rows[0][0].delivery, "refused", reason=str(error))]
            middle = len(rows) // 2
            return [
                result
                for half in (rows[:middle], rows[middle:])
                for result in self._send_halving(table, there, half, first=False)
            ]
        except TryLaterError as error:
            if first:
                raise
            return [SendResult(row.delivery, "retry", reason=str(error)) for row, _ in rows]

    def _send_together(
        self,
        table: Table,
        there: ProvincialRows,
        rows: list[tuple[Outgoing, dict[str, Any]]],
    ) -> list[SendResult]:
        for _ in range(_TRIES):
            try:
                with self._engine.connect() as connection:
                    return self._send_once(connection, table, there, rows)
            except (DBAPIError, PoolTimeoutError) as error:
                failure = _failure(error)
                if failure == "data":
                    raise _PoisonError(_reason(error)) from None
                if failure != "conflict":
                    raise self._error(error, table) from None
        reason = "另一事务正在写入同一记录"
        return [SendResult(row.delivery, "retry", reason=reason) for row, _ in rows]

    def _send_once(
        self,
        connection: Connection,
        table: Table,
        there: ProvincialRows,
        rows: list[tuple[Outgoing, dict[str, Any]]],
    ) -> list[SendResult]:
        with deadline(connection, self._seconds):
            connection.exec_driver_sql(_SERIALIZABLE)
            if self._product.lock is not None:
                connection.execute(text(self._product.lock.format(there.name)))
            before = there.look(connection, [row for row, _ in rows])
            counts: Counter[Content] = Counter()
            for row, _ in rows:
                content = content_of(table, row.values)
                counts[content] = len(found_among(table, row, before[row.delivery]))
            results, writes = _decide(table, rows, counts, before)
            if writes:
                there.write(connection, [values for _, values in writes])
                after = there.look(connection, [row for row, _ in writes])
                results += [
                    _sent(table, row, before[row.delivery], after[row.delivery])
                    for row, _ in writes
                ]
        return self._commit(connection, table, results)

    def _commit(
        self, connection: Connection, table: Table, results: list[SendResult]
    ) -> list[SendResult]:
        """Commits; when the answer gets lost, what became of the rows written is unknown."""
        try:
            with deadline(connection, self._seconds):
                connection.commit()
        except DBAPIError as error:
            if failure_of(error) != "later":
                raise
            with suppress(DBAPIError):
                connection.invalidate()
            reason = f"{table.code} 提交后未得到答复：{reason_of(error)}"
            return [
                SendResult(result.delivery, "unknown", reason=reason)
                if result.outcome == "sent"
                else result
                for result in results
            ]
        return results

    def _look(
        self, connection: Connection, table: Table, rows: Sequence[Outgoing]
    ) -> dict[int, list[UpstreamRow]]:
        if not rows:
            return {}
        there = self._rows_of(connection, table)
        with deadline(connection, self._seconds):
            return there.look(connection, rows)

    def _rows_of(self, connection: Connection, table: Table) -> ProvincialRows:
        if not self._tables:
            with deadline(connection, self._seconds):
                present = tables_present(connection, self._standard.tables, self._schema)
            for code, standard in self._standard.tables.items():
                with suppress(StopError):
                    self._tables[code] = ProvincialRows(
                        self._product, standard, present.get(code), self._schema
                    )
            connection.rollback()
        if table.code not in self._tables:
            with deadline(connection, self._seconds):
                present = tables_present(connection, [table.code], self._schema)
            self._tables[table.code] = ProvincialRows(
                self._product, table, present.get(table.code), self._schema
            )
            connection.rollback()
        return self._tables[table.code]

    @contextmanager
    def _connected(self, table: Table) -> Iterator[Connection]:
        """A connection to read by."""
        try:
            with self._engine.connect() as connection:
                yield connection
        except (DBAPIError, PoolTimeoutError) as error:
            raise self._error(error, table) from None

    def _error(self, error: DBAPIError | PoolTimeoutError, table: Table) -> ConnectorError:
        """The error by what to do next. Outside the commit it means that nothing was written."""
        reason = _reason(error)
        match _failure(error):
            case "shape" | "rights":
                self._tables.clear()
                return StopError(f"上级前置库的表结构或权限不符：{reason}", table=table.code)
            case "login":
                return StopError(f"上级前置库拒绝账号登录：{reason}", table=table.code)
            case _:
                return TryLaterError(f"上级前置库连接失败或中断：{reason}", table=table.code)


def _failure(error: DBAPIError | PoolTimeoutError) -> Failure:
    return failure_of(error) if isinstance(error, DBAPIError) else "later"


def _reason(error: DBAPIError | PoolTimeoutError) -> str:
    return reason_of(error) if isinstance(error, DBAPIError) else "没有空闲的数据库连接"


def _decide(
    table: Table,
    rows: list[tuple[Outgoing, dict[str, Any]]],
    counts: Counter[Content],
    before: dict[int, list[UpstreamRow]],
) -> tuple[list[SendResult], list[tuple[Outgoing, dict[str, Any]]]]:
    """What is there already, and what to write; equal rows in one batch are counted along."""
    results: list[SendResult] = []
    writes: list[tuple[Outgoing, dict[str, Any]]] = []
    for row, values in rows:
        content = content_of(table, row.values)
        count = counts[content]
        if count == row.prior:
            counts[content] += 1
            writes.append((row, values))
        elif count > row.prior:
            same = found_among(table, row, before[row.delivery])
            lsh = same[row.prior].lsh if len(same) > row.prior else None
            results.append(SendResult(row.delivery, "already", lsh))
        else:
            results.append(missing_prior(row, count))
    return results, writes


def _sent(
    table: Table, row: Outgoing, before: list[UpstreamRow], after: list[UpstreamRow]
) -> SendResult:
    """The row just written, as it is read back in the same transaction.

    A column that rounds or cuts silently would give a row that can never be found again: that is
    poison too, and the transaction is undone.
    """
    same = found_among(table, row, after)
    if len(same) > row.prior:
        return SendResult(row.delivery, "sent", same[row.prior].lsh)
    known = {there.lsh for there in before}
    changed = [changed_columns(table, row, there) for there in after if there.lsh not in known]
    nearest = sorted(changed, key=len)[:1]
    names = "、".join(name for columns in nearest for name in columns)
    raise _PoisonError(f"上级库写入后内容会改变，列的精度或长度不足：{names}")
