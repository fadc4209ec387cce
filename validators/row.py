"""Records as rows: tuples in a fixed order, every cell read once.

An empty or unreadable cell is None.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any

from schemas import Table
from schemas.standard import FieldType
from schemas.values import READ
from validators.record import Context, Record, wall_time

Row = tuple[Any, ...]
RowFunction = Callable[[Row], Any]
BatchFunction = Callable[[Sequence[Row]], list[Any]]
TuplesFunction = Callable[[Sequence[Row]], list[tuple[Any, ...]]]

_SURROUNDING = ("now", "today", "divisions")


@dataclass(frozen=True)
class Layout:
    """Where a table's cells stand in a row: texts, then typed values, then what surrounds them."""

    table: Table

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {column: at for at, column in enumerate(self.table.columns)}

    def text(self, field: str) -> int | None:
        """Position of a cell's text; None when the table has no such field."""
        return self._positions.get(field)

    def value(self, field: str) -> int | None:
        """Position of a cell's typed value."""
        at = self._positions.get(field)
        return None if at is None else at + len(self._positions)

    def surrounding(self, what: str) -> int:
        """Position of what is not of the row."""
        return 2 * len(self._positions) + _SURROUNDING.index(what)

    def rows(
        self, records: Sequence[Record], context: Context, fields: Collection[str] | None = None
    ) -> list[Row]:
        """The records as rows; every cell is read once, whatever number of rules look at it.

        With ``fields`` only these cells are read.
        """
        if not records:
            return []
        many = len(records)
        columns = self.table.columns
        unread: list[str | None] = [None] * many
        sent = zip(*self._cells(records), strict=True)
        texts = [
            [cell if cell and not cell.isspace() else None for cell in cells]
            if fields is None or column in fields
            else unread
            for column, cells in zip(columns, sent, strict=True)
        ]
        values = [
            column if field.type == "string" or column is unread else _typed(field.type, column)
            for field, column in zip(self.table.fields, texts, strict=True)
        ]
        now = wall_time(context.now)
        around = ([now] * many, [now.date()] * many, [context.divisions] * many)
        return list(zip(*texts, *values, *around, strict=True))

    def _cells(self, records: Sequence[Record]) -> list[tuple[str | None, ...]]:
        """The cells of each record in the table's order; what a record lacks is None."""
        columns = self.table.columns
        if len(columns) > 1:
            pick = itemgetter(*columns)
            with suppress(KeyError):
                return [pick(record.values) for record in records]
        return [tuple(map(record.values.get, columns)) for record in records]


def _typed(kind: FieldType, cells: Sequence[str | None]) -> list[Any]:
    """The cells as values; each different text is read once."""
    read = READ[kind]
    known = {cell: None if cell is None else read(cell) for cell in set(cells)}
    return [known[cell] for cell in cells]
