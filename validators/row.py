"""Records as rows: tuples in a fixed order, every cell read once.

An empty or unreadable cell is None.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from schemas import Field, Table
from schemas.values import NotOfTypeError, parse
from validators.record import Context, Record, wall_time

Row = tuple[Any, ...]
RowFunction = Callable[[Row], Any]
BatchFunction = Callable[[Sequence[Row]], list[Any]]

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
        many = len(records)
        unread: list[str | None] = [None] * many
        texts = [
            _texts(records, column) if fields is None or column in fields else unread
            for column in self.table.columns
        ]
        values = [
            column
            if field.type == "string" or column is unread
            else [_typed(field, cell) for cell in column]
            for field, column in zip(self.table.fields, texts, strict=True)
        ]
        now = wall_time(context.now)
        around = ([now] * many, [now.date()] * many, [context.divisions] * many)
        return list(zip(*texts, *values, *around, strict=True))


def _texts(records: Sequence[Record], column: str) -> list[str | None]:
    cells = [record.values.get(column) for record in records]
    return [None if cell is None or cell == "" or cell.isspace() else cell for cell in cells]


def _typed(field: Field, cell: str | None) -> Any:
    if cell is None:
        return None
    try:
        return parse(field, cell)
    except NotOfTypeError:
        return None
