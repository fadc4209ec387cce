"""Expressions as Python functions over rows: the engine for small batches.

Each expression becomes one line of Python, in which a cell is a position in a row and None spreads
(see ``validators.expression``); the line is compiled once. That is several times as fast as calling
a function for each node, and a batch of ten rows costs next to nothing. Only positions and names of
our own making stand in the line: values are bound, never written into it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import count
from typing import Any, cast

from schemas.values import canonical
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
from validators.row import BatchFunction, Layout, RowFunction, TuplesFunction

_SIMPLE = re.compile(r"r\[[0-9]+\]")
_BOUND = re.compile(r"k[0-9]+")


def compile_row(expression: Expression, layout: Layout) -> RowFunction:
    """The function that evaluates an expression on one row of this layout.

    A field that the table does not have is an empty cell: rules may be written for tables that
    differ between versions.
    """
    line = _Line(layout)
    return cast(RowFunction, line.compiled(f"lambda r: {line.of(expression)}"))


def compile_batch(condition: Expression, when: Expression | None, layout: Layout) -> BatchFunction:
    """The function that evaluates a condition on many rows; None where ``when`` is not true."""
    line = _Line(layout)
    asked = line.of(condition)
    if when is not None:
        asked = f"({asked} if {line.of(when)} is True else None)"
    return cast(BatchFunction, line.compiled(f"lambda rows: [{asked} for r in rows]"))


def compile_tuples(expressions: Sequence[Expression], layout: Layout) -> TuplesFunction:
    """The function that evaluates several expressions on many rows, a tuple for each row."""
    line = _Line(layout)
    parts = "".join(f"{line.of(each)}, " for each in expressions)
    return cast(TuplesFunction, line.compiled(f"lambda rows: [({parts}) for r in rows]"))


class _Line:
    """One line of Python in the making, with what its names stand for."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._bound: dict[str, Any] = {}
        self._numbers = count()

    def compiled(self, source: str) -> Any:
        """The function that the finished line is."""
        return eval(source, {"__builtins__": {"str": str}, **self._bound})  # noqa: S307 - our line

    def of(self, node: Expression) -> str:
        """The text that evaluates a node on the row ``r``."""
        match node:
            case Constant(value):
                return self._bind(value)
            case Surrounding(what):
                return f"r[{self._layout.surrounding(what)}]"
            case Text() | Value() | Code() | Day() | Filled() | Readable():
                return self._leaf(node)
            case Compare(sign, left, right) | Combine(sign, left, right):
                return self._told([left, right], f"{{}} {sign} {{}}")
            case Both(left, right):
                return self._kleene(left, right, decisive="False", other="True")
            case Either(left, right):
                return self._kleene(left, right, decisive="True", other="False")
            case Negation(inner):
                return self._told([inner], "not {}")
            case Member(inner, values):
                return self._told([inner], f"{{}} in {self._bind(values)}")
            case Match(inner, pattern):
                return self._form(inner, re.compile(pattern).fullmatch)
            case Search(inner, pattern):
                return self._form(inner, re.compile(pattern).search)
            case Call(_, function, arguments):
                holes = ", ".join("{}" for _ in arguments)
                return self._told(list(arguments), f"{self._bind(function)}({holes})")
            case _:
                raise TypeError(f"the row engine knows no {type(node).__name__}")

    def _bind(self, value: Any) -> str:
        name = f"k{next(self._numbers)}"
        self._bound[name] = value
        return name

    def _form(self, inner: Expression, match: Any) -> str:
        return self._told([inner], f"{self._bind(match)}({{}}) is not None")

    def _told(self, parts: list[Expression], result: str) -> str:
        """``result`` with the parts in its holes, or None when one of them is None."""
        tests, names = [], []
        for part in parts:
            source = self.of(part)
            if _BOUND.fullmatch(source):
                names.append(source)
            elif _SIMPLE.fullmatch(source):
                tests.append(f"{source} is None")
                names.append(source)
            else:
                name = f"v{next(self._numbers)}"
                tests.append(f"({name} := {source}) is None")
                names.append(name)
        told = result.format(*names)
        return f"(None if {' or '.join(tests)} else {told})" if tests else f"({told})"

    def _kleene(self, left: Expression, right: Expression, *, decisive: str, other: str) -> str:
        """Both or either: one side may decide, and only then may the other be None."""
        first, second = f"v{next(self._numbers)}", f"v{next(self._numbers)}"
        return (
            f"({decisive} if ({first} := {self.of(left)}) is {decisive}"
            f" or ({second} := {self.of(right)}) is {decisive}"
            f" else (None if {first} is None or {second} is None else {other}))"
        )

    def _leaf(self, leaf: Text | Value | Code | Day | Filled | Readable) -> str:
        text, value = self._layout.text(leaf.field), self._layout.value(leaf.field)
        if text is None or value is None:
            return "False" if isinstance(leaf, Filled) else "None"
        match leaf:
            case Text():
                return f"r[{text}]"
            case Value():
                return f"r[{value}]"
            case Filled():
                return f"(r[{text}] is not None)"
            case Readable():
                return f"(None if r[{text}] is None else r[{value}] is not None)"
            case Code():
                return self._code(leaf.field, text, value)
            case Day():
                return self._day(leaf.field, value)

    def _code(self, name: str, text: int, value: int) -> str:
        field = self._layout.table.by_code[name]
        if field.type == "string":
            return f"r[{text}]"
        if field.type == "integer":
            return f"(None if r[{value}] is None else str(r[{value}]))"
        normal = self._bind(lambda cell: canonical(field, cell))
        return f"(None if r[{value}] is None else {normal}(r[{text}]))"

    def _day(self, name: str, value: int) -> str:
        match self._layout.table.by_code[name].type:
            case "date":
                return f"r[{value}]"
            case "datetime":
                return f"(None if r[{value}] is None else r[{value}].date())"
            case _:
                return "None"
