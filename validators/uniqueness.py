"""One key, more than one valid row: in the batch, and beside what was taken before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from schemas.values import canonical
from validators.answers import Answer
from validators.comparing import earlier_of
from validators.expression import Code
from validators.neighbours import LOCAL_KEY, Neighbour
from validators.record import Lookup
from validators.row import Layout, Row
from validators.rowwise import compile_row, compile_tuples
from validators.rule import Rule, Unique
from validators.together import RowsTogether

_IN_EFFECT = frozenset({"accepted", "passed"})


class Uniqueness:
    """A rule of kind ``Unique``, ready to run.

    A row that was taken before clashes only while it is in effect: it has passed and was not
    withdrawn, and it is another row, not an earlier state of this one.
    """

    def __init__(self, rule: Rule, check: Unique, layout: Layout) -> None:
        self._rule, self._check, self._table = rule, check, layout.table
        self._keys = compile_tuples([Code(name) for name in check.fields], layout)
        self._business = compile_tuples([Code(name) for name in layout.table.key], layout)
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
        first: dict[tuple[object, ...], int] = {}
        check, answers, rows = self._check, list[Answer](), batch.rows
        judged = batch.seen_by(self._rule)
        alone = not self._known_before(batch)
        for at, (key, stands) in enumerate(zip(self._keys(rows), judged, strict=True)):
            if None in key and self._incomplete(key):
                answers.append(None)
                continue
            if stands is None:
                first.pop(key, None)
                answers.append(None)
                continue
            seen = first.setdefault(key, at)
            if seen == at:
                answers.append(alone or self._beside_what_was(batch, at, stands))
                continue
            another = self._other(rows[seen]) != self._other(stands)
            clash = another or (batch.context.one_file and not check.local)
            if clash:
                batch.notes[self._rule.code, at] = place_note(batch.records[seen].where)
            answers.append(not clash)
        return answers

    def _known_before(self, batch: RowsTogether) -> bool:
        """Whether any row was taken before that could share a key with one of the batch."""
        if not self._check.local:
            return bool(batch.context.previous)
        return any(one.fields == (LOCAL_KEY,) for one in batch.context.related or ())

    def _incomplete(self, key: Sequence[object]) -> bool:
        if all(part is None for part in key):
            return True
        return any(need and part is None for need, part in zip(self._required, key, strict=True))

    def _other(self, row: Row) -> object:
        """What tells another row from a state of the same one."""
        if self._check.local:
            return self._business([row])[0]
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


def place_note(where: str) -> str:
    """What a finding says of the row that had the key before."""
    return f"（见{where}）" if where else ""
