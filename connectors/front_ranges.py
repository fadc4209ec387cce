"""The statements that compare one table of a front database by ranges of key.

Where a product can hash text, it makes the digests itself: only sums, or keys with digests, travel.
Where it cannot (Dameng; large objects on Oracle) the rows of the range are read and hashed here:
the same answers at a higher price.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    LargeBinary,
    Numeric,
    Select,
    Text,
    and_,
    func,
    or_,
    select,
)

from connectors.base import RefusedError
from connectors.database_products import Product
from connectors.deadline import deadline
from connectors.front_layout import Column
from connectors.front_reading import RawRow, TableReader
from connectors.front_window import DAWN, LAST, row_hash
from connectors.key_ranges import Key, KeyDigest, KeyRange, RangeSum

_DIGEST_BITS = 60
_KEYS_A_STATEMENT = 250
_ROWS_A_FETCH = 2000


class RangeReader:
    """Compares one table by the statements of its reader."""

    def __init__(self, product: Product, reader: TableReader, seconds: float) -> None:
        self._product = product
        self._reader = reader
        self._seconds = seconds
        # Labelled: by its own name the text would be what a database orders by.
        self._key = [
            product.text(part, real.type).label(f"k_{number}")
            for number, (part, real) in enumerate(
                zip(reader.unique, reader.layout.unique, strict=True)
            )
        ]
        self._digest = self._digest_of_row()

    def sum(self, connection: Connection, part: KeyRange) -> RangeSum:
        """Rows and digests of a range, added up."""
        if self._digest is None:
            hashed = [digest for _, digest in self._hashed_here(connection, part, None)]
            return RangeSum(len(hashed), sum(hashed))
        total: ColumnElement[Any] = func.sum(self._digest, type_=Numeric())
        statement = self._of_range(
            select(func.count(), self._product.text(total, total.type)), part
        )
        with deadline(connection, self._seconds):
            count, digest = connection.execute(statement).one()
        return RangeSum(int(count), int(Decimal(digest or 0)))

    def keys(self, connection: Connection, part: KeyRange, limit: int) -> list[KeyDigest]:
        """The first rows of a range by key and digest."""
        if self._digest is None:
            found = self._hashed_here(connection, part, limit)
            return [KeyDigest(row.key[2:], digest) for row, digest in found]
        statement = self._of_range(select(self._digest, *self._key), part)
        statement = statement.order_by(*self._reader.unique).limit(limit)
        with deadline(connection, self._seconds):
            rows = connection.execute(statement).all()
        return [KeyDigest(tuple(map(str, key)), int(digest)) for digest, *key in rows]

    def rows(self, connection: Connection, keys: Sequence[Key]) -> Iterator[tuple[RawRow, int]]:
        """The rows with these keys and their digests."""
        for start in range(0, len(keys), _KEYS_A_STATEMENT):
            wanted = self._among(keys[start : start + _KEYS_A_STATEMENT])
            yield from self._whole(connection, self._all_columns().where(wanted))

    def _hashed_here(
        self, connection: Connection, part: KeyRange, limit: int | None
    ) -> Iterator[tuple[RawRow, int]]:
        statement = self._of_range(self._all_columns(), part).order_by(*self._reader.unique)
        yield from self._whole(connection, statement.limit(limit))

    def _all_columns(self) -> Select[Any]:
        digest = [] if self._digest is None else [self._digest.label("digest")]
        return select(*self._reader.columns, *digest).select_from(self._reader.relation)

    def _whole(
        self, connection: Connection, statement: Select[Any]
    ) -> Iterator[tuple[RawRow, int]]:
        width = 2 + len(self._key)
        columns = len(self._reader.codes)
        with deadline(connection, self._seconds):
            result = connection.execution_options(
                stream_results=True, yield_per=_ROWS_A_FETCH
            ).execute(statement)
        while True:
            with deadline(connection, self._seconds):
                found = result.fetchmany(_ROWS_A_FETCH)
            if not found:
                return
            for time, validity, *rest in found:
                cells = tuple(rest[width - 2 : width - 2 + columns])
                key = ("", str(validity), *map(str, rest[: width - 2]))
                here = row_hash((time, *cells)) >> (64 - _DIGEST_BITS)
                digest = here if self._digest is None else int(rest[-1])
                yield RawRow(_moment(time), key, cells), digest

    def _of_range(self, statement: Select[Any], part: KeyRange) -> Select[Any]:
        statement = statement.select_from(self._reader.relation)
        # The first column alone lets the index on the key be used.
        if part.after is not None:
            first, value = self._valued(part.after)[0]
            statement = statement.where(first >= value, self._beyond(part.after))
        if part.upto is not None:
            first, value = self._valued(part.upto)[0]
            statement = statement.where(first <= value, ~self._beyond(part.upto))
        return statement

    def _beyond(self, key: Key) -> ColumnElement[bool]:
        """Greater than ``key``, by the first column where it decides."""
        condition: ColumnElement[bool] | None = None
        for part, value in reversed(self._valued(key)):
            later = part > value
            condition = later if condition is None else or_(later, and_(part == value, condition))
        assert condition is not None
        return condition

    def _among(self, keys: Sequence[Key]) -> ColumnElement[bool]:
        """Any of these keys; a key of one column as a list, which costs far less to compile."""
        if len(self._key) > 1:
            return or_(*map(self._is, keys))
        values = [value for key in keys for _, value in self._valued(key)]
        return self._reader.unique[0].in_(values)

    def _is(self, key: Key) -> ColumnElement[bool]:
        return and_(*(part == value for part, value in self._valued(key)))

    def _valued(self, key: Key) -> list[tuple[ColumnElement[Any], Any]]:
        unique, real = self._reader.unique, self._reader.layout.unique
        if len(key) != len(unique):
            raise RefusedError("此表的主键列已变更，须从头核对", table=self._reader.layout.name)
        values = [_value(part, text) for part, text in zip(real, key, strict=True)]
        return list(zip(unique, values, strict=True))

    def _digest_of_row(self) -> ColumnElement[Any] | None:
        """The source's own digest of a row; None when it is to be made here."""
        product, layout = self._product, self._reader.layout
        if product.digest is None:
            return None
        parts = [layout.cursor, *layout.columns.values()]
        large = any(isinstance(part.type, Text | LargeBinary) for part in parts)
        if large and not product.digests_large:
            return None
        columns = [self._reader.columns[0], *self._reader.columns[2 + len(self._key) :]]
        return product.digest([column.element for column in columns])


def _value(real: Column, text: str) -> Any:
    if not isinstance(real.type, Integer | Numeric):
        return text
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else number


def _moment(text: str | None) -> datetime | None:
    """The change time as wall time; None for one that is none (empty, 0000-00-00, infinity)."""
    try:
        moment = datetime.fromisoformat(text or "").replace(tzinfo=None)
    except ValueError:
        return None
    return moment if DAWN <= moment < LAST else None
