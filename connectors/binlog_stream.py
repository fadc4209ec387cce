"""The rows that a MariaDB or MySQL server wrote into its binary log, as far as keys need them."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pymysql
from pymysqlreplication import BinLogStreamReader
from pymysqlreplication.event import FormatDescriptionEvent, QueryEvent, XidEvent
from pymysqlreplication.row_event import DeleteRowsEvent, UpdateRowsEvent, WriteRowsEvent

from connectors.database_products import mysql_failure
from connectors.log_feed import refused_or_later

_POSITION_GONE = 1236
_MOST_IN_ONE = 500_000

# It tells at every connection that the log could have column names; we read them from the schema.
logging.getLogger("pymysqlreplication").setLevel(logging.ERROR)


class LogGoneError(Exception):
    """The log cannot be read from where we were; the text says why, as the server does."""


@dataclass(frozen=True, slots=True)
class LoggedRow:
    """One row that changed: its table's name, and what is told of it before and after."""

    table: str
    images: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class LogEnd:
    """The end of a transaction, where reading may begin again; ``born``: when the file was begun.

    In seconds since 1970, by the server's clock; None where the server does not tell.
    """

    file: str
    at: int
    born: int | None


def rows_since(
    connection: Mapping[str, Any],
    file: str,
    at: int,
    *,
    body: str,
    replica: int,
    schema: str,
    columns: Sequence[str],
) -> Iterator[LoggedRow | LogEnd]:
    """The rows of a database's tables written after a place, with the ends of transactions.

    ``connection`` are the driver's arguments, ``replica`` the number by which the server knows us,
    ``columns`` those whose values are wanted. First comes the place itself, so that it is known
    when its file was begun. Ends where the log ends now. Raises LogGoneError, and StopError or
    TryLaterError as other connectors do.
    """
    stream = BinLogStreamReader(
        connection_settings=dict(connection),
        server_id=replica,
        log_file=file,
        log_pos=at,
        resume_stream=True,
        blocking=False,
        only_schemas=[schema],
        only_events=[
            WriteRowsEvent, UpdateRowsEvent, DeleteRowsEvent, XidEvent, QueryEvent,
            FormatDescriptionEvent,
        ],
        ignore_decode_errors=True,
        enable_logging=False,
        pymysql_wrapper=_connect,
    )  # fmt: skip
    places: dict[str, dict[str, int]] = {}
    count, headed, born = 0, False, None
    try:
        with closing(stream):
            while (event := stream.fetchone()) is not None:
                if isinstance(event, XidEvent | QueryEvent | FormatDescriptionEvent):
                    count = 0
                    place = stream.log_pos
                    if isinstance(event, FormatDescriptionEvent):  # it heads each file
                        place = place if headed else at
                        headed, born = True, int(event.timestamp) or None
                    yield LogEnd(stream.log_file, place, born)
                    continue
                if event.table not in places:
                    places[event.table] = _places(connection, schema, event.table)
                for row in event.rows:
                    yield LoggedRow(event.table, _images(row, places[event.table], columns))
                count += len(event.rows)
                if count > _MOST_IN_ONE:
                    raise LogGoneError(f"一次事务改动超过 {_MOST_IN_ONE} 行")
            if not count and (stream.log_file != file or stream.log_pos > at):
                yield LogEnd(stream.log_file, stream.log_pos, born)
    except pymysql.err.MySQLError as error:
        raise _told(error, body, f"{file}:{at}") from None


def _connect(**settings: Any) -> pymysql.Connection:
    """A connection of the driver's, which has given one of the library's names up."""
    if "db" in settings:
        settings["database"] = settings.pop("db")
    return pymysql.connect(**settings)


def _told(error: pymysql.err.MySQLError, body: str, place: str) -> Exception:
    number = error.args[0] if error.args else None
    reason = str(error.args[-1] if error.args else error)[:200]
    if number == _POSITION_GONE:
        return LogGoneError(f"{place} 已不在对方的日志里（{reason}）")
    failure = mysql_failure(number) if isinstance(number, int) else "later"
    return refused_or_later(failure, "binlog", reason, body)


def _images(
    row: Mapping[str, Any], places: Mapping[str, int], columns: Sequence[str]
) -> tuple[dict[str, Any], ...]:
    """The wanted columns before and after; what a sparse log leaves out after is as before."""
    told = [row[name] for name in ("before_values", "values", "after_values") if row.get(name)]
    images: list[dict[str, Any]] = []
    for values in told:
        image = dict(images[-1]) if images else {}
        for column in columns:
            value = values.get(column, values.get(f"UNKNOWN_COL{places.get(column.casefold())}"))
            if value is not None:
                image[column] = value
        images.append(image)
    return tuple(images)


def _places(connection: Mapping[str, Any], schema: str, table: str) -> dict[str, int]:
    """Where a table's columns lie, by folded name: a log need not name them."""
    with (
        closing(pymysql.connect(**connection)) as asked,
        asked.cursor() as cursor,
    ):
        cursor.execute(
            "select column_name, ordinal_position - 1 from information_schema.columns"
            " where table_schema = %s and table_name = %s",
            (schema, table),
        )
        return {str(name).casefold(): int(place) for name, place in cursor.fetchall()}
