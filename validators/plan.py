"""A table's rules made ready to run: once per ruleset, used for every batch after it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from schemas import Table
from schemas.personal import kind_of
from validators.answers import Answer
from validators.comparing import Comparison, Links, Succession
from validators.expression import Expression, reads
from validators.neighbours import LOCAL_KEY
from validators.parents import Parents
from validators.record import Context, Lookup, Record
from validators.row import Layout, Row, RowFunction
from validators.rowwise import compile_batch, compile_row
from validators.rule import Compares, Follows, Holds, ReadWell, Refers, Rule, Unique
from validators.shown import Shown
from validators.uniqueness import Uniqueness

if TYPE_CHECKING:
    from validators.columnar import Compiled
    from validators.columnar_answers import Columns

_NO_TIME = datetime(1, 1, 1)  # noqa: DTZ001 - wall time; references look at no clock
Waits = Iterator[tuple[int, tuple[Lookup, ...]]]


@dataclass(frozen=True)
class Batch:
    """The records of one judgement as rows; ``judged`` has None for rows that only withdraw.

    ``notes`` is where a rule leaves what its findings will tell, ``meant`` what would be right, by
    rule code and position; ``shown`` keeps what a record looks like to people, once it has a
    finding, and ``kept`` what comparisons make once for all rows. A large batch has ``columns``,
    too, and makes its rows only when they are asked for. Rows may be read in ``part``: what
    ``Plan.asks`` names.
    """

    records: Sequence[Record]
    rows: Sequence[Row]
    judged: Sequence[Row | None]
    context: Context
    notes: dict[tuple[str, int], str] = field(default_factory=dict)
    shown: dict[int, Shown] = field(default_factory=dict)
    meant: dict[tuple[str, int], str] = field(default_factory=dict)
    kept: dict[object, Any] = field(default_factory=dict)
    columns: Columns | None = None
    part: bool = False

    def only(self, at: int) -> Batch:
        """The batch of one record; ``take`` brings back what its findings will tell."""
        part = slice(at, at + 1)
        return replace(
            self, records=self.records[part], rows=self.rows[part], judged=self.judged[part],
            notes={}, meant={}, kept={}, columns=None,
        )  # fmt: skip

    def take(self, one: Batch, at: int) -> None:
        """Keep what was noted in the batch of the one record at this position."""
        self.notes.update({(rule, at): note for (rule, _), note in one.notes.items()})
        self.meant.update({(rule, at): right for (rule, _), right in one.meant.items()})

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

    ``evaluate`` answers for each record; ``waits`` then names the parents that records wait for, or
    the neighbours that could still change an answer; ``expected`` computes the right value of a
    failing row, where that can be computed; ``compares`` marks rules on more than the row itself.
    ``part``: of the rows it reads only the cells that ``Plan.asks`` names.
    """

    rule: Rule
    evaluate: Callable[[Batch], list[Answer]]
    waits: Callable[[Batch, Sequence[Answer]], Waits] | None = None
    expected: RowFunction | None = None
    compares: bool = False
    part: bool = False


@dataclass(frozen=True, slots=True)
class Needs:
    """What a judgement of records has to look up; ``previous``: their earlier versions, too.

    ``read`` are the records as far as they were read for that: whole, or what ``Plan.asks`` names.
    """

    parents: set[Lookup]
    related: set[Lookup]
    previous: bool
    read: Batch


class Plan:
    """The rules of one table, ready to run."""

    def __init__(
        self, table: Table, rules: Sequence[Rule], tables: Mapping[str, Table] | None = None
    ) -> None:
        """``tables`` are all tables of the standard: rows of the others may be compared with."""
        self.table = table
        self.tables = tables or {table.code: table}
        self.layout = Layout(table)
        self._links = Links(self.layout, self.tables)
        self.personal = {entry.code: kind_of(entry) for entry in table.fields}
        self._parents: list[Parents] = []
        checks = (rule.check for rule in rules)
        self.named_defects = frozenset(
            check.defect for check in checks if isinstance(check, ReadWell) and check.defect
        )
        self._comparisons: list[Comparison] = []
        self.in_file: set[str] = set()
        self._uniques: list[Uniqueness] = []
        self._follows = any(isinstance(rule.check, Follows) for rule in rules)
        self.entries = tuple(self._entry(rule) for rule in rules)
        self.asks = {"SJYXBS", LOCAL_KEY}.union(*(_asked(rule) for rule in rules), table.key)
        self.compiled: dict[str, Compiled] | None = None

    def batch(
        self,
        records: Sequence[Record],
        context: Context,
        fields: Collection[str] | None = None,
    ) -> Batch:
        """The records as rows of this table; with ``fields`` other cells count as empty."""
        rows = self.layout.rows(records, context, fields)
        return Batch(records, rows, self.judged(rows), context, part=fields is not None)

    def judged(self, rows: Sequence[Row]) -> Sequence[Row | None]:
        """The rows, None for those that only withdraw an earlier one."""
        flag = self.layout.value("SJYXBS")
        if flag is not None and any(row[flag] == 0 for row in rows):
            return [None if row[flag] == 0 else row for row in rows]
        return rows

    def needs(
        self, records: Sequence[Record], within: Context | None = None, *, whole: bool = False
    ) -> Needs:
        """What a judgement of these records ``within`` a context has to look up beside it.

        They are read ``whole``, or only as far as is needed here.
        """
        if within is None:
            within = Context(body="", divisions=frozenset(), now=_NO_TIME)
        batch = self.batch(records, within, None if whole else self.asks)
        judged = [at for at, row in enumerate(batch.judged) if row is not None]
        parents = {
            each
            for lookups in (parents.of_all(batch) for parents in self._parents)
            for at in judged
            for each in lookups[at]
        }
        related = {each for one in self._comparisons for each in one.needs(batch)}
        related |= {
            each for one in self._uniques for at in judged for each in one.lookups(batch.rows[at])
        }
        return Needs(parents, related, self._follows, batch)

    def _entry(self, rule: Rule) -> Entry:
        check = rule.check
        match check:
            case Holds():
                return Entry(rule, self._holds(rule, check), expected=self._expected(rule))
            case Refers(reference):
                parents = Parents(reference, self.layout)
                self._parents.append(parents)
                return Entry(rule, _refers(rule, parents), waits=_waits(parents), part=True)
            case Unique():
                uniqueness = Uniqueness(rule, check, self.layout)
                self._uniques.append(uniqueness)
                return Entry(rule, uniqueness.evaluate, part=True)
            case Compares():
                comparison = Comparison(rule, check, self._links)
                self._comparisons.append(comparison)
                if comparison.in_file:
                    self.in_file.add(rule.code)
                return Entry(rule, comparison.evaluate, comparison.waits, compares=True, part=True)
            case Follows():
                succession = Succession(rule, check, self.layout)
                return Entry(rule, succession.evaluate, compares=True, part=True)
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


def _asked(rule: Rule) -> Collection[str]:
    """The cells of all rows that a rule on more than the row itself reads."""
    match rule.check:
        case Refers(reference):
            return reference.fields
        case Unique(fields):
            return fields
        case Compares(links, _, when):
            values = [value for link in links for value in link.values]
            return {name for node in (*values, *_one(when)) for name in reads(node)}
        case Follows(_, when):
            return {name for node in _one(when) for name in reads(node)}
        case _:
            return ()


def _one(when: Expression | None) -> tuple[Expression, ...]:
    return () if when is None else (when,)


def _refers(rule: Rule, parents: Parents) -> Callable[[Batch], list[Answer]]:
    def evaluate(batch: Batch) -> list[Answer]:
        context, late = batch.context, batch.context.grace_over
        return [
            None if row is None else parents.told(lookups, context, late=record.id in late)
            for row, lookups, record in zip(
                batch.seen_by(rule), parents.of_all(batch), batch.records, strict=True
            )
        ]

    return evaluate


def _waits(parents: Parents) -> Callable[[Batch, Sequence[Answer]], Waits]:
    def waits(batch: Batch, answers: Sequence[Answer]) -> Waits:
        if batch.context.parents is None:
            return
        for at, answer in enumerate(answers):
            if isinstance(answer, str):
                yield at, parents.waited_for(parents.of_one(batch, at), batch.context)

    return waits


def _read_well(defect: str | None, named: frozenset[str]) -> Callable[[Batch], list[Answer]]:
    def evaluate(batch: Batch) -> list[Answer]:
        if not batch.defective:
            return [True] * len(batch.records)
        if defect is None:
            return [all(met.code in named for met in each.defects) for each in batch.records]
        return [all(met.code != defect for met in each.defects) for each in batch.records]

    return evaluate
