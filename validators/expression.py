"""What a row must satisfy, written as an expression that more than one engine can evaluate.

A rule says ``day("NKGSJ") < day("NJCSJ")`` and nothing runs: the result is a small tree. The row
engine (``validators.rowwise``) turns it into a Python function; a columnar engine can turn the same
tree into a query. An expression has three answers: true, false, and *cannot be told* (None),
which is what an empty or unreadable cell gives; it spreads as null does in SQL, so a rule on a
cell that another rule has already found unreadable does not apply and the county sees one fault,
not five.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import Any, Literal

Comparison = Literal["<", "<=", ">", ">=", "==", "!="]
Arithmetic = Literal["+", "-", "*"]


class Expression:
    """A node of the tree; the operators below build larger ones and evaluate nothing."""

    def __lt__(self, other: Operand) -> Compare:
        return Compare("<", self, operand(other))

    def __le__(self, other: Operand) -> Compare:
        return Compare("<=", self, operand(other))

    def __gt__(self, other: Operand) -> Compare:
        return Compare(">", self, operand(other))

    def __ge__(self, other: Operand) -> Compare:
        return Compare(">=", self, operand(other))

    def __add__(self, other: Operand) -> Combine:
        return Combine("+", self, operand(other))

    def __sub__(self, other: Operand) -> Combine:
        return Combine("-", self, operand(other))

    def __mul__(self, other: Operand) -> Combine:
        return Combine("*", self, operand(other))

    def __and__(self, other: Expression) -> Both:
        return Both(self, other)

    def __or__(self, other: Expression) -> Either:
        return Either(self, other)

    def __invert__(self) -> Negation:
        return Negation(self)

    def equals(self, other: Operand) -> Compare:
        """Equal values; ``==`` itself stays the equality of trees."""
        return Compare("==", self, operand(other))

    def differs(self, other: Operand) -> Compare:
        """Unequal values."""
        return Compare("!=", self, operand(other))

    def is_in(self, *values: str) -> Member:
        """One of these values."""
        return Member(self, frozenset(values))

    def between(self, least: Operand, most: Operand) -> Both:
        """Not below ``least`` and not above ``most``."""
        return Both(self >= least, self <= most)

    def matches(self, pattern: str) -> Match:
        """The whole text has the form of this regular expression, which must be linear."""
        return Match(self, pattern)

    def contains(self, pattern: str) -> Search:
        """Some part of the text has the form of this regular expression, which must be linear."""
        return Search(self, pattern)

    def through(self, name: str, function: Callable[..., Any], *others: Operand) -> Call:
        """What a pure function makes of this value (and of others); ``name`` is for the reader."""
        return Call(name, function, (self, *(operand(other) for other in others)))


Operand = Expression | Any


@dataclass(frozen=True, eq=False)
class Constant(Expression):
    """A value that is the same for every row."""

    value: Any


@dataclass(frozen=True, eq=False)
class Text(Expression):
    """The text of a cell as it was sent; None when empty or only blanks."""

    field: str


@dataclass(frozen=True, eq=False)
class Code(Expression):
    """The text of a cell in its normal form, so that ``1``, ``01`` and ``1.0`` are one code."""

    field: str


@dataclass(frozen=True, eq=False)
class Value(Expression):
    """The cell as its field's type: number, date or time; None when empty or unreadable."""

    field: str


@dataclass(frozen=True, eq=False)
class Day(Expression):
    """The day of a date or time cell."""

    field: str


@dataclass(frozen=True, eq=False)
class Filled(Expression):
    """True when the cell holds something, false when not; never None."""

    field: str


@dataclass(frozen=True, eq=False)
class Readable(Expression):
    """True when the cell's text is of the field's type; None when the cell is empty."""

    field: str


@dataclass(frozen=True, eq=False)
class Surrounding(Expression):
    """Something that is not of the row: wall time of the judgement, its day, the body's codes."""

    what: Literal["now", "today", "divisions"]


@dataclass(frozen=True, eq=False)
class Compare(Expression):
    """Two values in order; None when one of them is."""

    operator: Comparison
    left: Expression
    right: Expression


@dataclass(frozen=True, eq=False)
class Combine(Expression):
    """Two numbers, or a time and a span, put together; None when one of them is."""

    operator: Arithmetic
    left: Expression
    right: Expression


@dataclass(frozen=True, eq=False)
class Both(Expression):
    """False when one side is, None when the rest cannot be told."""

    left: Expression
    right: Expression


@dataclass(frozen=True, eq=False)
class Either(Expression):
    """True when one side is, None when the rest cannot be told."""

    left: Expression
    right: Expression


@dataclass(frozen=True, eq=False)
class Negation(Expression):
    """True for false; None stays None."""

    inner: Expression


@dataclass(frozen=True, eq=False)
class Member(Expression):
    """The value is one of a fixed set."""

    inner: Expression
    values: frozenset[str]


@dataclass(frozen=True, eq=False)
class Match(Expression):
    """The whole text has a form."""

    inner: Expression
    pattern: str


@dataclass(frozen=True, eq=False)
class Search(Expression):
    """A part of the text has a form."""

    inner: Expression
    pattern: str


@dataclass(frozen=True, eq=False)
class Call(Expression):
    """A pure function of the values; None when one of them is, without calling it.

    The function answers as an expression does; where it stands for a whole condition it may also
    answer a text, which is the reason why the condition could not be checked.
    """

    name: str
    function: Callable[..., Any]
    arguments: tuple[Expression, ...]


def operand(value: Operand) -> Expression:
    """An expression as it is, anything else as a constant."""
    return value if isinstance(value, Expression) else Constant(value)


def text(field: str) -> Text:
    """See Text."""
    return Text(field)


def code(field: str) -> Code:
    """See Code."""
    return Code(field)


def number(field: str) -> Value:
    """The number in a cell; see Value."""
    return Value(field)


def moment(field: str) -> Value:
    """The time in a cell; see Value."""
    return Value(field)


def day(field: str) -> Day:
    """See Day."""
    return Day(field)


def filled(*names: str) -> Expression:
    """All of these cells hold something; see Filled."""
    result: Expression = Filled(names[0])
    for name in names[1:]:
        result = Both(result, Filled(name))
    return result


def empty(field: str) -> Negation:
    """The cell holds nothing."""
    return Negation(Filled(field))


NOW = Surrounding("now")
TODAY = Surrounding("today")
DIVISIONS = Surrounding("divisions")


def walk(expression: Expression) -> Iterator[Expression]:
    """The node and everything below it."""
    yield expression
    for entry in fields(expression):  # type: ignore[arg-type] # every node is a dataclass
        below = getattr(expression, entry.name)
        if isinstance(below, Expression):
            yield from walk(below)
        elif isinstance(below, tuple):
            for part in below:
                yield from walk(part)


def reads(expression: Expression) -> frozenset[str]:
    """The codes of the fields an expression looks at."""
    return frozenset(
        node.field
        for node in walk(expression)
        if isinstance(node, Text | Code | Value | Day | Filled | Readable)
    )
