"""One key, more than one valid row: in the batch, and beside what was taken before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from schemas.values import canonical
from validators.comparing import Answer, RowsTogether, earlier_of
from validators.expression import Code
from validators.neighbours import LOCAL_KEY, Neighbour
from validators.record import Lookup, Record
from validators.row import Layout, Row
from validators.rowwise import compile_row
from validators.rule import Rule, Unique

_IN_EFFECT = frozenset({"accepted", "passed"})


class Uniqueness:
    """A rule of kind ``Unique``, ready to run.

    A row that was taken before clashes only while it is in effect: it has passed and was not
    withdrawn, and it is another row, not an earlier state of this one.
    """

    def __init__(self, rule: Rule, check: Unique, layout: Layout) -> None:
        self._rule, self._check, self._table = rule, check, layout.table
        self._own = [compile_row(Code(name), layout) for name in check.fields]
        self._business = [compile_row(Code(name), layout) for name in layout.table.key]
        self._local = compile_row(Code(LOCAL_KEY), layout)
        self._required = [layout.table.by_code[name].required == "M" for name in check.fields]

    def lookups(self, row: Row) -> tuple[Lookup, ...]:
        """The rows taken before that have the same key of the body."""
        if not self._check.local or self._check.fields != (LOCAL_KEY,):
            return ()
        local = self._local(row)
        return (Lookup(self._table.code, (LOCAL_KEY,), (local,)),) if local else ()

    def evaluate(self, batch: RowsTogether) -> list[Answer]:
        """The answer for each record."""
        first: dict[tuple[object, ...], tuple[int, object]] = {}
        check, answers = self._check, list[Answer]()
        judged = batch.seen_by(self._rule)
        for at, (row, stands) in enumerate(zip(batch.rows, judged, strict=True)):
            key = tuple(part(row) for part in self._own)
            if self._incomplete(key):
                answers.append(None)
                continue
            if stands is None:
                first.pop(key, None)
                answers.append(None)
                continue
            other = self._other(row)
            seen = first.setdefault(key, (at, other))
            if seen[0] == at:
                answers.append(self._beside_what_was(batch, at, row))
                continue
            clash = seen[1] != other or (batch.context.one_file and not check.local)
            if clash:
                batch.notes[self._rule.code, at] = _place(batch.records[seen[0]])
            answers.append(not clash)
        return answers

    def _incomplete(self, key: Sequence[object]) -> bool:
        if all(part is None for part in key):
            return True
        return any(need and part is None for need, part in zip(self._required, key, strict=True))

    def _other(self, row: Row) -> object:
        """What tells another row from a state of the same one."""
        if self._check.local:
            return tuple(part(row) for part in self._business)
        return self._local(row)

    def _beside_what_was(self, batch: RowsTogether, at: int, row: Row) -> bool:
        """Whether the first row of its key in the batch agrees with what is in effect already."""
        for one in self._taken_before(batch, at, row):
            if one.standing in _IN_EFFECT and one.valid and self._differs(one.values, row):
                local = one.values.get(LOCAL_KEY) or "（空）"
                batch.notes[self._rule.code, at] = f"（见此前的记录，地方数据主键“{local}”）"
                return False
        return True

    def _taken_before(self, batch: RowsTogether, at: int, row: Row) -> Sequence[Neighbour]:
        if self._check.local:
            related = batch.context.related or {}
            found = (one for key in self.lookups(row) for one in related.get(key, ()))
            return [one for one in found if one.id != batch.records[at].id]
        if self._check.fields != self._table.key:
            return ()
        return earlier_of(batch, at)[:1]

    def _differs(self, values: Mapping[str, str | None], row: Row) -> bool:
        def normal(name: str) -> str | None:
            return canonical(self._table.by_code[name], values.get(name)) or None

        if self._check.local:
            return tuple(normal(name) for name in self._table.key) != self._other(row)
        return normal(LOCAL_KEY) != self._other(row)


def _place(record: Record) -> str:
    return f"（见{record.where}）" if record.where else ""
