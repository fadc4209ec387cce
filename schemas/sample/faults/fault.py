"""What a fault is, and the words faults are written in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from schemas.standard import Field, Table

Record = Mapping[str, str | None]
Changes = dict[str, str | None]
#: The changed cells, or None where the fault cannot happen to this record.
Break = Callable[[Table, Record, Random], Changes | None]


class FaultDoesNotApplyError(ValueError):
    """The fault cannot happen to this record; ask ``applies`` first."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A named way to break a valid record.

    ``statement`` says in Chinese what is wrong; ``clauses`` are the clauses of the standard that
    the broken record violates, the table's own first, then the general one (empty where only a
    field's type or mark is violated).
    ``keeps_key`` says whether the broken record still carries its business key, so that a
    corrected row will be recognised as the same.
    """

    name: str
    statement: str
    clauses: tuple[str, ...]
    breaks: Break
    keeps_key: bool = True

    def applies(self, table: Table, record: Record) -> bool:
        """Whether this record of this table can be broken this way."""
        return self.breaks(table, record, Random(0)) is not None

    def apply(self, table: Table, record: Record, rng: Random) -> dict[str, str | None]:
        """A broken copy of the record. Raises FaultDoesNotApplyError."""
        changes = self.breaks(table, record, rng)
        if changes is None:
            raise FaultDoesNotApplyError(f"fault {self.name} does not apply to {table.code}")
        return dict(record) | changes


def cells(*tables: str, **changes: str | None) -> Break:
    """Puts these values into fields of these tables; of every table when none is named.

    Applies where the table has all the fields and at least one value would change.
    """

    def breaks(table: Table, record: Record, _: Random) -> Changes | None:
        if (tables and table.code not in tables) or not changes.keys() <= table.by_code.keys():
            return None
        return changes if any(record.get(code) != new for code, new in changes.items()) else None

    return breaks


def emptied(*tables: str, fields: tuple[str, ...]) -> Break:
    """Empties one of these mandatory fields of these tables, where it is filled."""

    def breaks(table: Table, record: Record, rng: Random) -> Changes | None:
        filled = [code for code in fields if code in table.by_code and record.get(code)]
        if table.code not in tables or not filled:
            return None
        return {rng.choice(filled): None}

    return breaks


def some_field(fits: Callable[[Field, str], bool], bad: Callable[[str, Random], str]) -> Break:
    """Spoils one filled field that ``fits``; never a key field nor one of the protocol."""

    def breaks(table: Table, record: Record, rng: Random) -> Changes | None:
        found = [
            field
            for field in content(table)
            if (text := record.get(field.code)) and fits(field, text)
        ]
        if not found:
            return None
        field = rng.choice(found)
        return {field.code: bad(record[field.code] or "", rng)}

    return breaks


#: Columns of the protocol, the same in every table.
PROTOCOL = frozenset({"LSH", "DFSJZJ", "XZQHDM", "SJYXBS", "SJWXYY", "SJSCZT", "SBYY"})


def content(table: Table) -> list[Field]:
    """The fields that carry content: neither protocol nor part of the business key."""
    keys = set(table.key) | PROTOCOL | {"SCSJ", "GXSJ"}
    return [field for field in table.fields if field.code not in keys]


def collected(*faults: Fault) -> dict[str, Fault]:
    """Faults by name. Raises ValueError when a name is given twice."""
    by_name = {fault.name: fault for fault in faults}
    if len(by_name) != len(faults):
        raise ValueError("a fault is named twice among " + ", ".join(by_name))
    return by_name
