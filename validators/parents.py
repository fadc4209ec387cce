"""What a row points to, and what the state of its parents means for it."""

from __future__ import annotations

from schemas import Reference
from validators.expression import Code
from validators.record import Context, Lookup, ParentState
from validators.row import Layout, Row
from validators.rowwise import compile_row

SEPARATOR = ","
MOST = 50
"""Values of one cell that are looked up; nobody means more."""
OFFLINE = "未连接交换库，未核对上级记录"
UNKNOWN = "未取得上级记录的状态"
WAITING: dict[ParentState, str] = {
    "pending": "上级记录尚未入库，等待中",
    "failed": "上级记录已退回，等待其更正",
    "absent": "上级记录尚未收到，等待中",
}


class Parents:
    """One reference of a table, read from rows.

    A reference by a single field may hold several values separated by commas; each must be there.
    """

    def __init__(self, reference: Reference, layout: Layout) -> None:
        self.table = reference.table
        self.fields = reference.fields
        self.to_fields = reference.to_fields
        self._values = [compile_row(Code(name), layout) for name in reference.fields]

    def of(self, row: Row) -> tuple[Lookup, ...]:
        """The parents the row points to; none when a field of the reference is empty."""
        return self.named(tuple(value(row) for value in self._values))

    def named(self, values: tuple[str | None, ...]) -> tuple[Lookup, ...]:
        """The parents that these values of the reference's fields, in normal form, point to."""
        filled = tuple(value for value in values if value is not None)
        if len(filled) < len(values):
            return ()
        if len(filled) > 1:
            return (Lookup(self.table, self.to_fields, filled),)
        several = dict.fromkeys(part.strip() for part in filled[0].split(SEPARATOR, MOST)[:MOST])
        return tuple(Lookup(self.table, self.to_fields, (part,)) for part in several if part)

    def answer(self, row: Row, record: int, context: Context) -> bool | str | None:
        """Whether all parents are there; a reason while that is open; None without a reference."""
        return self.told(self.of(row), context, late=record in context.grace_over)

    def told(
        self, lookups: tuple[Lookup, ...], context: Context, *, late: bool = False
    ) -> bool | str | None:
        """The answer for a row with these parents; ``late`` when it has waited long enough."""
        if not lookups:
            return None
        if context.parents is None:
            return OFFLINE
        states = {context.parents.get(lookup) for lookup in lookups}
        if "absent" in states and late:
            return False
        for state, reason in WAITING.items():
            if state in states:
                return reason
        return UNKNOWN if None in states else True

    def waited_for(self, row: Row, context: Context) -> tuple[Lookup, ...]:
        """The parents that are not there yet."""
        states = context.parents or {}
        return tuple(lookup for lookup in self.of(row) if states.get(lookup) != "accepted")
