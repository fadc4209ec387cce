"""One small question to a front database: in which of many tables has anything changed?

For each table the database counts the rows of its last moments and adds up their change times. A
row that comes, goes or is stamped anew changes the answer. What it cannot show (a second change
within the same second, rows without a change time) is found by the full look of the pull, which
this question does not replace.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Row,
    Select,
    bindparam,
    column,
    func,
    literal_column,
    select,
    table,
    union_all,
)
from sqlalchemy.sql.elements import ColumnElement, quoted_name

from connectors.database_products import Product
from connectors.deadline import deadline
from connectors.front_layout import Layout
from connectors.front_reading import TableReader

_SETTLED = timedelta(seconds=2)
_COMPILED_AT_MOST = 1000
Shape = tuple[str, str, str]
"""A table's name, its change column and the type of that: what the question depends on."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Rows since ``start``: how many, the newest change time, the sum of all, as text."""

    start: datetime
    count: int
    newest: str | None
    total: str | None


@dataclass(frozen=True, slots=True)
class _Question:
    """A compiled statement: asked as it is, some thousand times a minute."""

    text: str
    fixed: Mapping[str, Any]
    order: tuple[str, ...] | None

    @classmethod
    def of(cls, statement: Any, dialect: Dialect) -> _Question:
        """Compile for a dialect.

        ``fixed`` are the parameters it brings with it, ``order`` is that of all parameters where
        the driver takes no names.
        """
        compiled = statement.compile(dialect=dialect)
        order = compiled.positiontup if compiled.positional else None
        return cls(str(compiled), compiled.params, None if order is None else tuple(order))

    def ask(self, connection: Connection, given: Mapping[str, datetime]) -> Sequence[Row[Any]]:
        """The rows of the answer."""
        values: Any = {**self.fixed, **given}
        if self.order is not None:
            values = tuple(values[name] for name in self.order)
        return connection.exec_driver_sql(self.text, values).all()


_questions: dict[tuple[str, str, str, str | None, tuple[Shape, ...]], _Question] = {}


class Probe:
    """Asks for signatures of tables and remembers those of tables that were read since."""

    def __init__(self, product: Product, schema: str | None, seconds: float) -> None:
        self._product = product
        self._schema = schema
        self._seconds = seconds
        self._codes: tuple[str, ...] = ()
        self._question: _Question | None = None
        self._asked: dict[str, tuple[Signature, datetime]] = {}
        self._known: dict[str, Signature] = {}

    @property
    def possible(self) -> bool:
        """Whether this product can be asked."""
        return self._product.seconds is not None

    def changed(
        self,
        connection: Connection,
        layouts: Mapping[str, Layout],
        starts: Mapping[str, datetime],
        clock: datetime,
        resting: Collection[str] = (),
    ) -> set[str]:
        """The tables in ``starts`` that differ from when they were last read; one statement.

        Of ``resting`` tables, whose start lies beyond all that was read, no row means no news.
        """
        found = self._signatures(connection, layouts, starts)
        self._asked = {code: (signature, clock) for code, signature in found.items()}
        return {
            code
            for code, signature in found.items()
            if self._known.get(code) != signature and (signature.count or code not in resting)
        }

    def undated(self, connection: Connection, readers: Mapping[str, TableReader]) -> set[str]:
        """The tables that have rows without a usable change time; one statement."""
        codes = sorted(readers)
        question = self._made(
            "undated",
            connection.dialect,
            [readers[code].layout for code in codes],
            lambda number: readers[codes[number]].count_undated(number),
        )
        with deadline(connection, self._seconds):
            rows = question.ask(connection, {})
        return {codes[number] for number, count in rows if count}

    def was_read(self, code: str) -> None:
        """The table was read to its end after the last question.

        What was stamped within the last two seconds may still change under the same stamp: such an
        answer is not remembered.
        """
        signature, clock = self._asked.pop(code, (None, None))
        if signature is None or clock is None:
            return
        newest = signature.newest
        if newest is None or datetime.fromisoformat(newest).replace(tzinfo=None) < clock - _SETTLED:
            self._known[code] = signature

    def forget(self) -> None:
        """Names everything again at the next question."""
        self._codes = ()
        self._asked.clear()
        self._known.clear()

    def _signatures(
        self,
        connection: Connection,
        layouts: Mapping[str, Layout],
        starts: Mapping[str, datetime],
    ) -> dict[str, Signature]:
        codes = tuple(sorted(starts))
        if not codes:
            return {}
        if self._question is None or codes != self._codes:
            asked = [layouts[code] for code in codes]
            self._question = self._made(
                "changed",
                connection.dialect,
                asked,
                lambda number: self._part(number, asked[number]),
            )
            self._codes = codes
        given = {f"start_{number}": starts[code] for number, code in enumerate(codes)}
        with deadline(connection, self._seconds):
            rows = self._question.ask(connection, given)
        return {
            codes[number]: Signature(starts[codes[number]], count, newest, total)
            for number, count, newest, total in rows
        }

    def _made(
        self,
        what: str,
        dialect: Dialect,
        layouts: Sequence[Layout],
        part: Callable[[int], Select[Any]],
    ) -> _Question:
        """The question as the driver takes it; the same for all bodies with the same tables.

        ``part`` is what is asked of one table, by its place in ``layouts``.
        """
        shapes = tuple((one.name, one.cursor.name, repr(one.cursor.type)) for one in layouts)
        like = (what, dialect.name, dialect.driver, self._schema, shapes)
        question = _questions.get(like)
        if question is None:
            parts = [part(number) for number in range(len(layouts))]
            question = _Question.of(union_all(*parts) if len(parts) > 1 else parts[0], dialect)
            if len(_questions) < _COMPILED_AT_MOST:
                _questions[like] = question
        return question

    def _part(self, number: int, layout: Layout) -> Any:
        assert self._product.seconds is not None
        cursor: ColumnElement[Any] = column(
            quoted_name(layout.cursor.name, quote=True), layout.cursor.type
        )
        there = table(quoted_name(layout.name, quote=True), schema=self._schema)
        total: ColumnElement[Any] = func.sum(self._product.seconds(cursor))
        return (
            select(
                literal_column(str(number)).label("number"),
                func.count().label("count"),
                self._product.moment(func.max(cursor), layout.cursor.type).label("newest"),
                self._product.text(total, total.type).label("total"),
            )
            .select_from(there)
            .where(cursor >= bindparam(f"start_{number}", type_=DateTime()))
        )
