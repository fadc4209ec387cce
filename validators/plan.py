"""A table's rules made ready to run: once per ruleset, used for every batch after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from schemas import Table
from schemas.personal import kind_of
from validators.expression import Code, Expression
from validators.parents import Parents
from validators.record import Context, Lookup, Record
from validators.row import Layout, Row, RowFunction
from validators.rowwise import compile_batch, compile_row
from validators.rule import Holds, ReadWell, Refers, Rule, Unique
from validators.shown import Shown

Answer = bool | str | None
_NO_TIME = datetime(1, 1, 1)  # noqa: DTZ001 - wall time; references look at no clock
Waits = Iterator[tuple[int, tuple[Lookup, ...]]]


@dataclass(frozen=True)
class Batch:
    """The records of one judgement as rows; ``judged`` has None for rows that only withdraw.

    ``notes`` is where a rule leaves what its findings will tell, by rule code and position;
    ``shown`` keeps what a record looks like to people, once it has a finding.
    """

    records: Sequence[Record]
    rows: Sequence[Row]
    judged: Sequence[Row | None]
    context: Context
    notes: dict[tuple[str, int], str] = field(default_factory=dict)
    shown: dict[int, Shown] = field(default_factory=dict)

    def only(self, at: int) -> Batch:
        """The batch of one record."""
        part = slice(at, at + 1)
        return replace(
            self, records=self.records[part], rows=self.rows[part], judged=self.judged[part]
        )

    @cached_property
    def withdraws(self) -> bool:
        """Whether some rows only withdraw an earlier one."""
        return any(row is None for row in self.judged)

    @cached_property
    def defective(self) -> bool:
        """Whether reading met a defect in some record."""
        return any(record.defects for record in self.records)

    def seen_by(self, rule: Rule) -> Sequence[Row | None]:
        """The rows that a rule looks at."""
        return self.rows if rule.on_withdrawal else self.judged


@dataclass(frozen=True)
class Entry:
    """A rule with the functions that run it.

    ``evaluate`` answers for each record; ``waits`` then names the parents that records wait for;
    ``expected`` computes the right value of a failing row, where that can be computed.
    """

    rule: Rule
    evaluate: Callable[[Batch], list[Answer]]
    waits: Callable[[Batch, Sequence[Answer]], Waits] | None = None
    expected: RowFunction | None = None


class Plan:
    """The rules of one table, ready to run."""

    def __init__(self, table: Table, rules: Sequence[Rule]) -> None:
        self.table = table
        self.layout = Layout(table)
        self.personal = {entry.code: kind_of(entry) for entry in table.fields}
        self.parents = tuple(
            Parents(rule.check.reference, self.layout)
            for rule in rules
            if isinstance(rule.check, Refers)
        )
        checks = (rule.check for rule in rules)
        self.named_defects = frozenset(
            check.defect for check in checks if isinstance(check, ReadWell) and check.defect
        )
        self.entries = tuple(self._entry(rule) for rule in rules)

    def batch(self, records: Sequence[Record], context: Context) -> Batch:
        """The records as rows of this table."""
        rows = self.layout.rows(records, context)
        flag = self.layout.value("SJYXBS")
        judged: Sequence[Row | None] = rows
        if flag is not None and any(row[flag] == 0 for row in rows):
            judged = [None if row[flag] == 0 else row for row in rows]
        return Batch(records, rows, judged, context)

    def lookups(self, records: Sequence[Record]) -> set[Lookup]:
        """The parents whose state a judgement of these records needs."""
        no_context = Context(body="", divisions=frozenset(), now=_NO_TIME)
        judged = [row for row in self.batch(records, no_context).judged if row is not None]
        return {lookup for parents in self.parents for row in judged for lookup in parents.of(row)}

    def _entry(self, rule: Rule) -> Entry:
        check = rule.check
        match check:
            case Holds():
                return Entry(rule, self._holds(rule, check), expected=self._expected(rule))
            case Refers(reference):
                parents = Parents(reference, self.layout)
                return Entry(rule, _refers(rule, parents), waits=_waits(parents))
            case Unique():
                return Entry(rule, self._unique(rule, check))
            case ReadWell(defect):
                return Entry(rule, _read_well(defect, self.named_defects))

    def _holds(self, rule: Rule, check: Holds) -> Callable[[Batch], list[Answer]]:
        function = compile_batch(check.condition, check.when, self.layout)

        def evaluate(batch: Batch) -> list[Answer]:
            if rule.on_withdrawal or not batch.withdraws:
                return function(batch.rows)
            answers = iter(function([row for row in batch.judged if row is not None]))
            return [None if row is None else next(answers) for row in batch.judged]

        return evaluate

    def _expected(self, rule: Rule) -> RowFunction | None:
        if isinstance(rule.expected, Expression):
            return compile_row(rule.expected, self.layout)
        return None

    def _unique(self, rule: Rule, check: Unique) -> Callable[[Batch], list[Answer]]:
        own = [compile_row(Code(name), self.layout) for name in check.fields]
        business = [compile_row(Code(name), self.layout) for name in self.table.key]
        local = compile_row(Code("DFSJZJ"), self.layout)
        required = [self.table.by_code[name].required == "M" for name in check.fields]

        def evaluate(batch: Batch) -> list[Answer]:
            first: dict[tuple[object, ...], tuple[int, object]] = {}
            answers: list[Answer] = []
            for at, (row, judged) in enumerate(zip(batch.rows, batch.judged, strict=True)):
                key = tuple(part(row) for part in own)
                if any(need and part is None for need, part in zip(required, key, strict=True)):
                    answers.append(None)
                    continue
                if judged is None:
                    first.pop(key, None)
                    answers.append(None)
                    continue
                other = tuple(part(row) for part in business) if check.local else local(row)
                seen = first.setdefault(key, (at, other))
                if seen[0] == at:
                    answers.append(True)
                    continue
                clash = seen[1] != other or (batch.context.one_file and not check.local)
                if clash:
                    batch.notes[rule.code, at] = _seen(batch.records[seen[0]])
                answers.append(not clash)
            return answers

        return evaluate


def _seen(record: Record) -> str:
    return f"（见{record.where}）" if record.where else ""


def _refers(rule: Rule, parents: Parents) -> Callable[[Batch], list[Answer]]:
    def evaluate(batch: Batch) -> list[Answer]:
        return [
            None if row is None else parents.answer(row, record.id, batch.context)
            for row, record in zip(batch.seen_by(rule), batch.records, strict=True)
        ]

    return evaluate


def _waits(parents: Parents) -> Callable[[Batch, Sequence[Answer]], Waits]:
    def waits(batch: Batch, answers: Sequence[Answer]) -> Waits:
        if batch.context.parents is None:
            return
        for at, answer in enumerate(answers):
            if isinstance(answer, str):
                yield at, parents.waited_for(batch.rows[at], batch.context)

    return waits


def _read_well(defect: str | None, named: frozenset[str]) -> Callable[[Batch], list[Answer]]:
    def evaluate(batch: Batch) -> list[Answer]:
        if not batch.defective:
            return [True] * len(batch.records)
        if defect is None:
            return [all(met.code in named for met in each.defects) for each in batch.records]
        return [all(met.code != defect for met in each.defects) for each in batch.records]

    return evaluate
