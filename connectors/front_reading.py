"""The statements that read one table of a front database, every column as text.

Rows come in the order (change time, validity with "0" before "1", unique columns), which is also
the key by which reading goes on after the last row taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Label,
    Numeric,
    Select,
    and_,
    bindparam,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
)
from sqlalchemy.sql.elements import quoted_name
from sqlalchemy.types import DateTime

from connectors.database_products import Product
from connectors.deadline import deadline
from connectors.front_layout import Column, Layout
from connectors.front_window import DAWN, LAST, Digest, Stretch, Window, row_hash

VALIDITY = "SJYXBS"


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as read: its sort key (time, validity, unique columns) as text, and its cells."""

    moment: datetime | None
    key: tuple[str, ...]
    cells: tuple[str | None, ...]

    @property
    def hashed(self) -> int:
        """The hash of the cells."""
        return row_hash(self.cells)


class TableReader:
    """Reads one table through ``connection``s of one product; ``seconds`` limits each wait."""

    def __init__(
        self, product: Product, layout: Layout, schema: str | None, seconds: float
    ) -> None:
        self.layout = layout
        self.codes = tuple(layout.columns)
        self._product = product
        self._seconds = seconds
        self._cursor = _column(layout.cursor)
        self.unique = [_column(part) for part in layout.unique]
        self._validity: ColumnElement[str] = literal(" ")
        if VALIDITY in layout.columns:
            part = layout.columns[VALIDITY]
            self._validity = func.coalesce(product.text(_column(part), part.type), " ")
        self._dated = and_(self._cursor >= _bound(DAWN), self._cursor < _bound(LAST))
        self._undated = or_(
            self._cursor.is_(None), self._cursor < _bound(DAWN), self._cursor >= _bound(LAST)
        )
        self.relation = table(quoted_name(layout.name, quote=True), schema=schema)

    @cached_property
    def columns(self) -> list[Label[Any]]:
        """The sort key and the cells as text; made for the few tables in which anything stirs."""
        text = self._product.text
        return [
            self._product.moment(self._cursor, self.layout.cursor.type).label("k_time"),
            self._validity.label("k_validity"),
            *(
                text(_column(part), part.type).label(f"k_{number}")
                for number, part in enumerate(self.layout.unique)
            ),
            *(
                text(_column(part), part.type).label(f"c_{number}")
                for number, part in enumerate(self.layout.columns.values())
            ),
        ]

    def look(
        self, connection: Connection, window: Window, start: datetime
    ) -> tuple[dict[int, Digest], bool]:
        """The digests of all spans since ``start``, and whether there is anything beyond."""
        horizon = window.horizon
        assert horizon is not None
        statement = (
            select(*self.columns)
            .select_from(self.relation)
            .where(self._cursor >= _bound(start), self._cursor < _bound(LAST))
            .order_by(self._cursor)
        )
        hashes: dict[int, list[int]] = {}
        beyond = False
        for rows in self._stream(connection, statement, dated=True, page_rows=2000):
            for row in rows:
                assert row.moment is not None
                span = window.span_of(row.moment)
                if span > horizon:
                    beyond = True
                    break
                hashes.setdefault(span, []).append(row.hashed)
            if beyond:
                break
        return {span: Digest.of(*each) for span, each in hashes.items()}, beyond

    def undated(self, connection: Connection) -> str:
        """How many rows have no usable change time, and the greatest key among them."""
        statement = (
            select(func.count(), *(func.max(part) for part in self.unique))
            .select_from(self.relation)
            .where(self._undated)
        )
        with deadline(connection, self._seconds):
            return ":".join(str(value) for value in connection.execute(statement).one())

    def count_undated(self, number: int) -> Select[tuple[int, int]]:
        """The statement that counts rows without a usable change time, under a number."""
        return (
            select(
                literal_column(str(number), Integer).label("number"), func.count().label("count")
            )
            .select_from(self.relation)
            .where(self._undated)
        )

    def read(
        self,
        connection: Connection,
        stretch: Stretch,
        after: tuple[str, ...] | None,
        *,
        page_rows: int,
        limit: int,
    ) -> Iterator[list[RawRow]]:
        """At most ``limit`` rows of a stretch after the row with key ``after``, page by page."""
        conditions = [self._undated] if stretch.undated else [self._dated]
        if stretch.start is not None:
            conditions.append(self._cursor >= _bound(stretch.start))
        if stretch.end is not None:
            conditions.append(self._cursor < _bound(stretch.end))
        if after is not None:
            conditions.append(self._beyond(stretch, after))
        order = [self._validity, *self.unique]
        if not stretch.undated:
            order.insert(0, self._cursor)
        statement = (
            select(*self.columns)
            .select_from(self.relation)
            .where(*conditions)
            .order_by(*order)
            .limit(limit)
        )
        return self._stream(connection, statement, dated=not stretch.undated, page_rows=page_rows)

    def _beyond(self, stretch: Stretch, after: tuple[str, ...]) -> ColumnElement[bool]:
        """Greater than ``after`` in the order of reading; text keys carry the time first."""
        time, validity, *unique = after
        parts: list[tuple[ColumnElement[Any], Any]] = [(self._validity, validity)]
        parts += [
            (part, _number(text) if isinstance(real.type, Integer | Numeric) else text)
            for part, real, text in zip(self.unique, self.layout.unique, unique, strict=True)
        ]
        condition: ColumnElement[bool] | None = None
        for part, value in reversed(parts):
            later = part > value
            condition = later if condition is None else or_(later, and_(part == value, condition))
        assert condition is not None
        if stretch.undated:
            return condition
        moment = _bound(datetime.fromisoformat(time))
        # The first part alone lets the index on the change time be used.
        return and_(
            self._cursor >= moment,
            or_(self._cursor > moment, and_(self._cursor == moment, condition)),
        )

    def _stream(
        self, connection: Connection, statement: Select[Any], *, dated: bool, page_rows: int
    ) -> Iterator[list[RawRow]]:
        with deadline(connection, self._seconds):
            result = connection.execution_options(stream_results=True, yield_per=page_rows).execute(
                statement
            )
        try:
            while True:
                with deadline(connection, self._seconds):
                    rows = result.fetchmany(page_rows)
                if not rows:
                    return
                yield list(self._raw(rows, dated=dated))
        finally:
            result.close()

    def _raw(self, rows: Sequence[Any], *, dated: bool) -> Iterator[RawRow]:
        """The rows as they are taken on; many neighbours have one change time."""
        width = 2 + len(self.unique)
        shown, moment, time = "", None, ""
        for row in map(tuple, rows):
            if dated and row[0] != shown:
                shown = row[0]
                moment = datetime.fromisoformat(shown).replace(tzinfo=None)
                time = moment.isoformat(" ")
            yield RawRow(moment, (time, *map(str, row[1:width])), row[width:])


def _column(part: Column) -> ColumnElement[Any]:
    return column(quoted_name(part.name, quote=True), part.type)


def _bound(moment: datetime) -> ColumnElement[datetime]:
    return bindparam(None, moment, type_=DateTime())


def _number(text: str) -> int:
    return int(text)
