"""What a row points to, and what the state of its parents means for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from schemas import Reference
from validators.expression import Code
from validators.record import Context, Lookup, ParentState
from validators.row import Layout, Row
from validators.rowwise import compile_tuples
from validators.together import RowsTogether

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
        self._values = compile_tuples([Code(name) for name in reference.fields], layout)

    def of(self, rows: Sequence[Row]) -> list[tuple[Lookup, ...]]:
        """The parents each row points to; none when a field of the reference is empty."""
        asked = self._values(rows)
        known = {values: self.named(values) for values in set(asked)}
        return [known[values] for values in asked]

    def of_all(self, batch: RowsTogether) -> Sequence[tuple[Lookup, ...]]:
        """The same for all rows of a batch, read once."""
        if self not in batch.kept:
            batch.kept[self] = self.of(batch.rows)
        lookups: Sequence[tuple[Lookup, ...]] = batch.kept[self]
        return lookups

    def of_one(self, batch: RowsTogether, at: int) -> tuple[Lookup, ...]:
        """The same for one row of a batch, whose others need not be read for that."""
        lookups: Sequence[tuple[Lookup, ...]] | None = batch.kept.get(self)
        return self.of([batch.rows[at]])[0] if lookups is None else lookups[at]

    def named(self, values: tuple[str | None, ...]) -> tuple[Lookup, ...]:
        """The parents that these values of the reference's fields, in normal form, point to."""
        if None in values:
            return ()
        filled = cast("tuple[str, ...]", values)
        if len(filled) > 1 or _is_one(filled[0]):
            return (Lookup(self.table, self.to_fields, filled),)
        several = dict.fromkeys(part.strip() for part in filled[0].split(SEPARATOR, MOST)[:MOST])
        return tuple(Lookup(self.table, self.to_fields, (part,)) for part in several if part)

    def told(
        self, lookups: tuple[Lookup, ...], context: Context, *, late: bool = False
    ) -> bool | str | None:
        """The answer for a row with these parents; ``late`` when it has waited long enough."""
        if not lookups:
            return None
        if context.parents is None:
            return OFFLINE
        states = [context.parents.get(lookup) for lookup in lookups]
        if states.count("accepted") == len(states):
            return True
        if "absent" in states and late:
            return False
        for state, reason in WAITING.items():
            if state in states:
                return reason
        return UNKNOWN if None in states else True

    @staticmethod
    def waited_for(lookups: tuple[Lookup, ...], context: Context) -> tuple[Lookup, ...]:
        """Those of the parents that are not there yet."""
        states = context.parents or {}
        return tuple(lookup for lookup in lookups if states.get(lookup) != "accepted")


def _is_one(text: str) -> bool:
    return SEPARATOR not in text and text == text.strip() != ""
