"""Expressions as Python functions over one row: the engine for small batches.

A row is a tuple in the order of a Layout. The functions do no look-up by name: each leaf has
become a position. An empty or unreadable cell is None, and None spreads (see expression).
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from operator import itemgetter
from typing import Any

from schemas import Field, Table
from schemas.values import NotOfTypeError, canonical, parse
from validators.expression import (
    Both,
    Call,
    Code,
    Combine,
    Compare,
    Constant,
    Day,
    Either,
    Expression,
    Filled,
    Match,
    Member,
    Negation,
    Readable,
    Search,
    Surrounding,
    Text,
    Value,
)
from validators.record import Context, Record, wall_time

Row = tuple[Any, ...]
RowFunction = Callable[[Row], Any]

_SURROUNDING = ("now", "today", "divisions")
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}


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

    def rows(self, records: Sequence[Record], context: Context) -> list[Row]:
        """The records as rows; every cell is read once, whatever number of rules look at it."""
        texts = [_texts(records, column) for column in self.table.columns]
        values = [
            column if field.type == "string" else [_typed(field, cell) for cell in column]
            for field, column in zip(self.table.fields, texts, strict=True)
        ]
        now = wall_time(context.now)
        many = len(records)
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


def compile_row(expression: Expression, layout: Layout) -> RowFunction:
    """The function that evaluates an expression on rows of this layout.

    A field that the table does not have is an empty cell: rules may be written for tables that
    differ between versions.
    """
    match expression:
        case Constant(value):
            return lambda _: value
        case Surrounding(what):
            return itemgetter(layout.surrounding(what))
        case Text() | Value() | Code() | Day() | Filled() | Readable():
            return _leaf(expression, layout)
        case Compare(sign, left, right) | Combine(sign, left, right):
            return _binary(_OPERATORS[sign], compile_row(left, layout), compile_row(right, layout))
        case Both(left, right):
            return _both(compile_row(left, layout), compile_row(right, layout))
        case Either(left, right):
            return _either(compile_row(left, layout), compile_row(right, layout))
        case Negation(inner):
            return _negation(compile_row(inner, layout))
        case Member(inner, values):
            return _through(compile_row(inner, layout), values.__contains__)
        case Match(inner, pattern):
            return _form(compile_row(inner, layout), re.compile(pattern).fullmatch)
        case Search(inner, pattern):
            return _form(compile_row(inner, layout), re.compile(pattern).search)
        case Call(_, function, arguments):
            return _call(function, [compile_row(part, layout) for part in arguments])
        case _:
            raise TypeError(f"the row engine knows no {type(expression).__name__}")


def _leaf(leaf: Text | Value | Code | Day | Filled | Readable, layout: Layout) -> RowFunction:
    text, value = layout.text(leaf.field), layout.value(leaf.field)
    if text is None or value is None:
        absent = False if isinstance(leaf, Filled) else None
        return lambda _: absent
    field = layout.table.by_code[leaf.field]
    match leaf:
        case Text():
            return itemgetter(text)
        case Value():
            return itemgetter(value)
        case Code():
            return _code(field, text, value)
        case Day():
            return _day(value)
        case Filled():
            return lambda row: row[text] is not None
        case Readable():
            return lambda row: None if row[text] is None else row[value] is not None


def _code(field: Field, text: int, value: int) -> RowFunction:
    if field.type == "string":
        return itemgetter(text)
    if field.type == "integer":
        return lambda row: None if row[value] is None else str(row[value])
    return lambda row: None if row[value] is None else canonical(field, row[text])


def _day(value: int) -> RowFunction:
    def evaluate(row: Row) -> date | None:
        cell = row[value]
        if isinstance(cell, datetime):
            return cell.date()
        return cell if isinstance(cell, date) else None

    return evaluate


def _binary(
    combine: Callable[[Any, Any], Any], left: RowFunction, right: RowFunction
) -> RowFunction:
    def evaluate(row: Row) -> Any:
        first = left(row)
        if first is None:
            return None
        second = right(row)
        return None if second is None else combine(first, second)

    return evaluate


def _both(left: RowFunction, right: RowFunction) -> RowFunction:
    def evaluate(row: Row) -> bool | None:
        first = left(row)
        if first is False:
            return False
        second = right(row)
        if second is False:
            return False
        return None if first is None or second is None else True

    return evaluate


def _either(left: RowFunction, right: RowFunction) -> RowFunction:
    def evaluate(row: Row) -> bool | None:
        first = left(row)
        if first is True:
            return True
        second = right(row)
        if second is True:
            return True
        return None if first is None or second is None else False

    return evaluate


def _negation(inner: RowFunction) -> RowFunction:
    def evaluate(row: Row) -> bool | None:
        value = inner(row)
        return None if value is None else not value

    return evaluate


def _through(inner: RowFunction, function: Callable[[Any], bool]) -> RowFunction:
    def evaluate(row: Row) -> bool | None:
        value = inner(row)
        return None if value is None else function(value)

    return evaluate


def _form(inner: RowFunction, match: Callable[[str], re.Match[str] | None]) -> RowFunction:
    def evaluate(row: Row) -> bool | None:
        value = inner(row)
        return None if value is None else match(value) is not None

    return evaluate


def _call(function: Callable[..., Any], parts: list[RowFunction]) -> RowFunction:
    if len(parts) == 1:
        return _through(parts[0], function)

    def evaluate(row: Row) -> Any:
        values = [part(row) for part in parts]
        return None if None in values else function(*values)

    return evaluate
