"""Rows of one document as neighbours of one another, where nobody can look into the store.

What the exchange would find beside the rows if they arrived together and nothing had come before:
of each record the newest row, and none that was withdrawn. Rules whose links stay in the table are
answered from it, except where a row that is missing could be the reason (``Compares.by_absence``)
and where the answer waits for what is still to come.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from schemas import Table
from schemas.values import canonical
from validators.neighbours import LOCAL_KEY, Neighbour
from validators.plan import Plan
from validators.record import Lookup, Record
from validators.registry import cells_read

MOST = 500
"""Rows that one lookup brings at most, the newest; a case has a dozen steps, a project hundreds."""

_VALID = "SJYXBS"
_WITHDRAWN = "0"


def rows_beside(plan: Plan, records: Sequence[Record]) -> Mapping[Lookup, Sequence[Neighbour]]:
    """The rows of the document that its rows name, the newest first; nothing from elsewhere."""
    if not plan.in_file:
        return {}
    table = plan.table
    wanted = {
        lookup
        for lookup in plan.needs(records).related
        if lookup.table == table.code and lookup.fields != (LOCAL_KEY,)
    }
    there = list(_in_effect(table, records))
    found: dict[Lookup, list[Neighbour]] = defaultdict(list)
    for fields in {lookup.fields for lookup in wanted}:
        for record, neighbour in there:
            values = tuple(_normal(table, record, code) for code in fields)
            lookup = Lookup(table.code, fields, values)
            if lookup in wanted and len(found[lookup]) < MOST:
                found[lookup].append(neighbour)
    return dict(found)


def _in_effect(table: Table, records: Sequence[Record]) -> Iterator[tuple[Record, Neighbour]]:
    """The newest row of each record, the newest first; rows of one local key are one record."""
    read = sorted(cells_read(table))
    seen: set[tuple[str, ...]] = set()
    for record in reversed(records):
        local = record.values.get(LOCAL_KEY)
        keys = {_key(table, record, local), *([(LOCAL_KEY, local)] if local else [])}
        new = not keys & seen
        seen |= keys
        if new and (record.values.get(_VALID) or "").strip() != _WITHDRAWN:
            cells = {code: cell for code in read if (cell := record.values.get(code))}
            yield record, Neighbour(record.id, table.code, cells, "waiting")


def _key(table: Table, record: Record, local: str | None) -> tuple[str, ...]:
    """What makes a row itself: its business key, else its local key, else that it is this one."""
    values = tuple(_normal(table, record, code) for code in table.key)
    if all(values):
        return ("", *values)
    return (LOCAL_KEY, local) if local else ("row", str(record.id))


def _normal(table: Table, record: Record, code: str) -> str:
    return canonical(table.by_code.get(code), record.values.get(code))
