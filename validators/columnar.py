"""Expressions as polars expressions: the engine for large batches.

The same trees as in ``validators.rowwise``, with the same three answers: polars' null spreads as
None does there. What polars would not do exactly as Python (functions, unusual regular expressions,
values compared across types) is answered by the row engine, once for each distinct content of the
cells it looks at; so a columnar answer is never an approximation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import polars as pl

from schemas import Table
from validators.columnar_cells import DECIMAL
from validators.columnar_forms import part, whole
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

_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")  # as an integer is written in its normal form
_NUMBERS = frozenset({"integer", "decimal"})
_TIMES = frozenset({"date", "datetime"})
_KINDS: dict[type, str] = {bool: "truth", int: "integer", Decimal: "decimal", str: "text"}
_KINDS |= {date: "date", datetime: "datetime", timedelta: "span"}
_FIRST = {"date": date.min, "datetime": datetime.min}  # noqa: DTZ901 - wall time
_LAST = {"date": date.max, "datetime": datetime.max}  # noqa: DTZ901 - wall time
_ORDERED = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq", "!=": "ne"}


class NotColumnarError(TypeError):
    """No column of polars can hold what this expression works with."""


@dataclass(frozen=True)
class Need:
    """A column that an expression works on, by the name it goes under.

    ``kind`` is a method of ``Cells``, or ``constant`` (a node that is the same in every row),
    ``fits`` (no more than ``most`` characters) or ``asked`` (a node that the row engine answers).
    """

    name: str
    kind: str
    field: str = ""
    most: int = 0
    node: Expression | None = None


@dataclass
class Compiled:
    """A condition ready to run over columns.

    ``mask`` is true, false or null; ``applies`` is the mask of its ``when``. ``hard`` are fields
    that may have values which no column holds; ``guards`` are true for rows that only the row
    engine can judge. ``told`` names the column that is the whole condition and may give reasons.
    """

    mask: pl.Expr
    applies: pl.Expr | None
    needs: dict[str, Need]
    hard: frozenset[str]
    guards: tuple[pl.Expr, ...]
    told: str | None


def compile_columns(
    condition: Expression, when: Expression | None, table: Table, numbers: Iterator[int]
) -> Compiled:
    """The masks that evaluate a condition; null where ``when`` is not true.

    ``numbers`` name the columns that the row engine is asked for, one for all rules of a table.
    """
    making = _Making(table, numbers)
    mask = making.truth(condition)
    applies = None if when is None else making.truth(when)
    if applies is not None:
        mask = pl.when(applies).then(mask)
    told = making.asked.get(id(condition))
    return Compiled(mask, applies, making.needs, frozenset(making.hard), tuple(making.guards), told)


class _Making:
    """Masks in the making, with the columns they need."""

    def __init__(self, table: Table, numbers: Iterator[int]) -> None:
        self._table = table
        self._numbers = numbers
        self.needs: dict[str, Need] = {}
        self.hard: set[str] = set()
        self.guards: list[pl.Expr] = []
        self.asked: dict[int, str] = {}

    def truth(self, node: Expression) -> pl.Expr:
        """A node that is true, false or null."""
        before = dict(self.needs), set(self.hard), list(self.guards)
        try:
            return self._truth(node)
        except NotColumnarError:
            self.needs, self.hard, self.guards = before
            name = f"asked {next(self._numbers)}"
            self.asked[id(node)] = name
            return self._column(Need(name, "asked", node=node))

    def _truth(self, node: Expression) -> pl.Expr:
        match node:
            case Constant(bool(value)):
                return pl.lit(value)
            case Both(left, right):
                return self.truth(left) & self.truth(right)
            case Either(left, right):
                return self.truth(left) | self.truth(right)
            case Negation(inner):
                return ~self.truth(inner)
            case Filled(name) | Readable(name):
                return self._told(node, name)
            case Compare("<=", Call(_, function, (Text(name),)), Constant(int(most))) if (
                function is len and name in self._table.by_code
            ):
                return self._column(Need(f"fits {most} {name}", "fits", name, most=most))
            case Compare(sign, left, right):
                return self._compared(sign, left, right)
            case Member(inner, values):
                return self._member(inner, values)
            case Match(inner, pattern) | Search(inner, pattern):
                portable = whole(pattern) if isinstance(node, Match) else part(pattern)
                return self._formed(inner, portable)
            case _:
                raise NotColumnarError(type(node).__name__)

    def _told(self, node: Filled | Readable, name: str) -> pl.Expr:
        if name not in self._table.by_code:
            return pl.lit(False if isinstance(node, Filled) else None, dtype=pl.Boolean)
        filled = self._cells("filled", name).is_not_null()
        if isinstance(node, Filled):
            return filled
        if self._table.by_code[name].type == "decimal":
            self.hard.add(name)
        return pl.when(filled).then(self._cells("value", name).is_not_null())

    def _compared(self, sign: str, left: Expression, right: Expression) -> pl.Expr:
        try:
            (one, first), (other, second) = self._value(left), self._value(right)
        except NotColumnarError:
            if sign not in {"==", "!="}:
                raise
            one, other = self.truth(left), self.truth(right)
            first = second = "truth"
        if first != second and not {first, second} <= _NUMBERS:
            raise NotColumnarError(f"{first} {sign} {second}")
        compared: pl.Expr = getattr(one, _ORDERED[sign])(other)
        return compared

    def _value(self, node: Expression) -> tuple[pl.Expr, str]:
        """A node that is a value, and of which kind."""
        match node:
            case Constant(value) if type(value) in _KINDS:
                return pl.lit(value), _KINDS[type(value)]
            case Surrounding("now" | "today"):
                return self._constant(node), "date" if node.what == "today" else "datetime"
            case Combine(sign, Surrounding("now" | "today") as around, Constant(timedelta())):
                if sign == "*":
                    raise NotColumnarError(sign)
                return self._constant(node), "date" if around.what == "today" else "datetime"
            case Combine(sign, left, right):
                return self._combined(sign, left, right)
            case Text(name) | Code(name) | Value(name) | Day(name):
                return self._leaf(node, name)
            case _:
                raise NotColumnarError(type(node).__name__)

    def _leaf(self, node: Expression, name: str) -> tuple[pl.Expr, str]:
        if name not in self._table.by_code:
            raise NotColumnarError(f"no field {name}")
        kind = self._table.by_code[name].type
        if isinstance(node, Text) or (kind == "string" and not isinstance(node, Day)):
            return self._cells("text", name), "text"
        if isinstance(node, Code):
            return self._cells("code", name), "text"
        value = self._cells("value", name)
        if not isinstance(node, Day):
            if kind == "decimal":
                self.hard.add(name)
            return value, kind
        if kind not in _TIMES:
            raise NotColumnarError(f"day of {kind}")
        return value if kind == "date" else value.dt.date(), "date"

    def _combined(self, sign: str, left: Expression, right: Expression) -> tuple[pl.Expr, str]:
        (one, first), (other, second) = self._value(left), self._value(right)
        if sign == "*":
            raise NotColumnarError(sign)
        if {first, second} == {"integer"} and not isinstance(left, Combine):
            return (one + other if sign == "+" else one - other), "integer"
        if {first, second} <= _NUMBERS:
            one, other = one.cast(DECIMAL), other.cast(DECIMAL)
            return (one + other if sign == "+" else one - other), "decimal"
        if first in _TIMES and isinstance(right, Constant) and second == "span":
            return self._moved(sign, one, first, right.value), first
        raise NotColumnarError(f"{first} {sign} {second}")

    def _moved(self, sign: str, times: pl.Expr, kind: str, span: timedelta) -> pl.Expr:
        """Times moved by a span; where the calendar would end the row engine is asked."""
        if kind == "date" and span != timedelta(span.days):
            raise NotColumnarError("a day and a part of a day")
        moved = span if sign == "+" else -span
        if moved < timedelta(0):
            self.guards.append(times < _FIRST[kind] - moved)
        else:
            self.guards.append(times > _LAST[kind] - moved)
        return times + pl.lit(moved)

    def _member(self, inner: Expression, values: frozenset[str]) -> pl.Expr:
        known = self._table.by_code
        match inner:
            case Code(name) if name in known and known[name].type == "integer":
                numbers = {int(text) for text in values if _INTEGER.fullmatch(text)}
                return self._cells("value", name).is_in(sorted(numbers))
            case _:
                return self._text(inner).is_in(sorted(values))

    def _text(self, node: Expression) -> pl.Expr:
        value, kind = self._value(node)
        if kind != "text":
            raise NotColumnarError(f"{kind} as a text")
        return value

    def _formed(self, inner: Expression, pattern: str | None) -> pl.Expr:
        if pattern is None:
            raise NotColumnarError("a pattern that polars reads otherwise")
        return self._text(inner).str.contains(pattern)

    def _constant(self, node: Expression) -> pl.Expr:
        return self._column(Need(f"constant {next(self._numbers)}", "constant", node=node))

    def _cells(self, kind: str, name: str) -> pl.Expr:
        return self._column(Need(f"{kind} {name}", kind, name))

    def _column(self, need: Need) -> pl.Expr:
        self.needs[need.name] = need
        return pl.col(need.name)
