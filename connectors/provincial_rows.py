"""The statements on one table of a provincial front database: look for rows, write rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    DateTime,
    LargeBinary,
    Numeric,
    Select,
    Text,
    column,
    func,
    insert,
    select,
    table,
    text,
)
from sqlalchemy.sql.elements import quoted_name

from connectors.base import Outgoing, StopError
from connectors.content import Content, Row, UpstreamRow, address_of, fold_address
from connectors.database_products import Product
from connectors.deadline import deadline
from connectors.front_layout import Column, Present
from connectors.key_ranges import RangeSum
from schemas import Table
from schemas.values import NotOfTypeError, parse

RECEIVERS = frozenset({"LSH", "SBYY"})
"""Columns that only the receiver fills."""

_DIVISION = "XZQHDM"
_T = TypeVar("_T")
_CHUNK = 100
_KEPT = 64
_SERIALS = 500
_LISTED = 2000


class CannotBeWrittenError(Exception):
    """The row has a value that its column cannot take; the message is Chinese."""


class ProvincialRows:
    """One table as it lies there; raises StopError when a column of the standard is missing."""

    def __init__(
        self, product: Product, standard: Table, present: Present | None, schema: str | None
    ) -> None:
        if present is None:
            raise StopError("上级前置库中没有此表，或账号无权访问", table=standard.code)
        folded = {name.casefold(): part for name, part in present.columns.items()}
        self._there = {
            code: folded[code.casefold()]
            for code in {"LSH": None, **dict.fromkeys(standard.columns)}
            if code.casefold() in folded
        }
        missing = [
            code for code in standard.columns if code not in self._there and code not in RECEIVERS
        ]
        if missing:
            raise StopError(f"上级前置库缺少列 {'、'.join(missing)}", table=standard.code)
        self._standard = standard
        self._written = [code for code in standard.columns if code not in RECEIVERS]
        self._table = table(
            quoted_name(present.name, quote=True),
            *(_column(part) for part in self._there.values()),
            schema=schema,
        )
        self.name = self._table.fullname
        texts = {
            code: product.text(self._c(code), part.type).label(f"c_{number}")
            for number, (code, part) in enumerate(self._there.items())
        }
        self._whole = select(*texts.values()).select_from(self._table)
        self._serial = texts.get("LSH")
        self._sum = self._sum_of_digests(product, [each.element for each in texts.values()])
        self._asked: dict[tuple[tuple[bool, ...], ...], Select[Any]] = {}

    def to_write(self, row: Row) -> dict[str, Any]:
        """The row as the columns take it, by real column name; raises CannotBeWrittenError."""
        return {self._there[code].name: self._typed(code, row.get(code)) for code in self._written}

    def write(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
        """Insert rows that ``to_write`` made."""
        connection.execute(insert(self._table), list(rows))

    def look(
        self, connection: Connection, rows: Iterable[Outgoing]
    ) -> dict[int, list[UpstreamRow]]:
        """What is there under the address (business key and validity) of each row, by delivery."""
        wanted: dict[Content, list[int]] = defaultdict(list)
        addresses: dict[Content, dict[str, str | None]] = {}
        for row in rows:
            address = address_of(self._standard, row.values)
            folded = fold_address(self._standard, address)
            wanted[folded].append(row.delivery)
            addresses[folded] = address
        present: dict[int, list[UpstreamRow]] = {
            delivery: [] for deliveries in wanted.values() for delivery in deliveries
        }
        for part in _chunks(list(self._possible(addresses.values())), _CHUNK):
            given = {
                f"v{number}_{place}": value
                for number, cells in enumerate(part)
                for place, value in enumerate(cells)
                if value is not None
            }
            absent = tuple(tuple(value is None for value in cells) for cells in part)
            for values in self._rows(connection.execute(self._under(connection, absent), given)):
                folded = fold_address(self._standard, {c: values[c] for c in self._address_codes})
                there = UpstreamRow.of(self._standard, values)
                for delivery in wanted.get(folded, ()):
                    present[delivery].append(there)
        return present

    def look_by_serial(
        self, connection: Connection, serials: Iterable[str]
    ) -> dict[str, UpstreamRow]:
        """The rows with these serial numbers."""
        if "LSH" not in self._there:
            return {}
        found = {}
        for chosen in self._chosen(serials):
            for values in self._rows(connection.execute(self._whole.where(chosen))):
                row = UpstreamRow.of(self._standard, values)
                found[str(row.lsh).strip()] = row
        return found

    def sum_by_serial(self, connection: Connection, serials: Iterable[str]) -> RangeSum | None:
        """The number of rows with these serial numbers and the sum of their digests, if it can."""
        if self._sum is None:
            return None
        rows = digest = 0
        for chosen in self._chosen(serials):
            count, added = connection.execute(self._sum.where(chosen)).one()
            rows, digest = rows + int(count), digest + int(Decimal(added or 0))
        return RangeSum(rows, digest)

    def serials(
        self, connection: Connection, divisions: Collection[str], seconds: float
    ) -> Iterator[list[str]]:
        """The serial numbers of these divisions' rows, each part within so many seconds.

        In no order: asked for page by page in that of the serial numbers, a database reads either
        the rows of everybody or, for each page, all rows of these divisions.
        """
        if self._serial is None:
            return
        statement = select(self._serial).where(
            self._c(_DIVISION).in_(sorted(divisions)), self._c("LSH").is_not(None)
        )
        streaming = connection.execution_options(stream_results=True, yield_per=_LISTED)
        with deadline(connection, seconds):
            found = streaming.execute(statement)
        while True:
            with deadline(connection, seconds):
                part = found.fetchmany(_LISTED)
            if not part:
                return
            yield [str(serial) for (serial,) in part]

    def _chosen(self, serials: Iterable[str]) -> Iterator[ColumnElement[bool]]:
        """The conditions that choose these serial numbers, some hundred at a time."""
        number = self._numbered
        usable = [serial for serial in serials if serial.isdigit() or not number]
        for part in _chunks(usable, _SERIALS):
            yield self._c("LSH").in_([int(serial) if number else serial for serial in part])

    def _sum_of_digests(
        self, product: Product, texts: Sequence[ColumnElement[Any]]
    ) -> Select[Any] | None:
        kinds = [part.type for part in self._there.values()]
        large = any(isinstance(kind, Text | LargeBinary) for kind in kinds)
        if "LSH" not in self._there or product.digest is None:
            return None
        if large and not product.digests_large:
            return None
        total: ColumnElement[Any] = func.sum(product.digest(texts), type_=Numeric())
        return select(func.count(), product.text(total, total.type)).select_from(self._table)

    @property
    def _numbered(self) -> bool:
        """Whether the serial number is a number there."""
        kind = self._there["LSH"].type
        return isinstance(kind, Numeric) or kind.python_type is int

    @property
    def _address_codes(self) -> list[str]:
        return list(address_of(self._standard, {}))

    def _possible(self, addresses: Iterable[Row]) -> Iterator[tuple[Any, ...]]:
        """The addresses as their columns have them, without those that no row can have."""
        for address in addresses:
            with suppress(CannotBeWrittenError):
                yield tuple(self._typed(code, cell) for code, cell in address.items())

    def _under(
        self, connection: Connection, absent: tuple[tuple[bool, ...], ...]
    ) -> Select[tuple[Any, ...]]:
        """What finds the rows at so many addresses, of which these cells are empty.

        It is kept: most questions are for as many addresses as the one before, none with a gap.
        """
        if absent not in self._asked:
            quote = connection.dialect.identifier_preparer.quote
            names = [quote(self._c(code).name) for code in self._address_codes]
            empties = [self._empty(code) for code in self._address_codes]
            either = [
                " AND ".join(
                    empties[place].format(name) if gone else f"{name} = :v{number}_{place}"
                    for place, (name, gone) in enumerate(zip(names, gaps, strict=True))
                )
                for number, gaps in enumerate(absent)
            ]
            if len(self._asked) == _KEPT:
                self._asked.clear()
            self._asked[absent] = self._whole.where(text(" OR ".join(f"({one})" for one in either)))
        return self._asked[absent]

    def _empty(self, code: str) -> str:
        """How a cell is empty there: only a text can be so in two ways."""
        if isinstance(self._there[code].type, Numeric | Date | DateTime):
            return "{0} IS NULL"
        return "({0} IS NULL OR {0} = '')"

    def _rows(self, found: Iterable[Any]) -> Iterator[dict[str, str | None]]:
        for values in found:
            yield dict(zip(self._there, values, strict=True))

    def _typed(self, code: str, text: str | None) -> Any:
        """The value for the column that is really there: typed or text."""
        if text is None or text == "":
            return None
        try:
            kind = self._there[code].type.python_type
        except NotImplementedError:
            return text
        if kind is str:
            return text
        try:
            return parse(self._standard.by_code[code], text)
        except NotOfTypeError as error:
            name = self._standard.by_code[code].name
            raise CannotBeWrittenError(f"{code}（{name}）{error}") from None

    def _c(self, code: str) -> ColumnElement[Any]:
        return self._table.c[self._there[code].name]


def _chunks(items: Sequence[_T], size: int) -> Iterable[Sequence[_T]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _column(part: Column) -> Any:
    return column(quoted_name(part.name, quote=True), part.type)
