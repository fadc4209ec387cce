"""Documents of any length: judged piece by piece, in memory that does not grow with them.

Counts and outcomes are complete. Findings are worded for people up to a bound, the first in the
order of the document; whoever wants all of them takes each piece's findings as columns. Rows are
compared by key over the whole document (``validators.repeats``), in no other way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

import polars as pl

from validators.columnar_cells import Cells
from validators.finding import Finding
from validators.frame_judgement import FAILED, HELD, FrameJudgement, judged_frame
from validators.frames import batch_of_columns, batch_of_frame
from validators.judgement import Counts, RuleError, Stamp
from validators.plan import Batch, Plan
from validators.record import Context, Record
from validators.repeats import Repeats
from validators.rule import Unique
from validators.ruleset import Ruleset


@dataclass(frozen=True, slots=True)
class Piece:
    """The next rows of a document: a frame, numbered from ``first``; or records, with their damage.

    The frame of records holds their cells.
    """

    frame: pl.DataFrame
    first: int
    records: Sequence[Record] | None = None

    @classmethod
    def of(cls, columns: Sequence[str], records: Sequence[Record]) -> Piece:
        """Records as a piece."""
        cells = {name: [record.values.get(name) for record in records] for name in columns}
        frame = pl.DataFrame(cells, schema=dict.fromkeys(columns, pl.String))
        return cls(frame, records[0].id if records else 0, records)

    def batch(self, plan: Plan, context: Context) -> Batch:
        """The piece ready to be judged."""
        if self.records is None:
            return batch_of_frame(plan, self.frame, context, self.first)
        batch = batch_of_columns(plan, self.records, context)
        return plan.batch(self.records, context) if batch is None else batch


Pieces = Callable[[Collection[str] | None], Iterator[Piece]]
"""Goes through a document from its start; with names only these cells are needed."""


@dataclass
class Streamed:
    """What a long document came to; ``marked`` are the records of the findings listed."""

    table: str
    stamp: Stamp
    rows: int = 0
    passed: int = 0
    failed: int = 0
    held: int = 0
    must_mend: int = 0
    counts: dict[str, Counts] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    marked: list[Record] = field(default_factory=list)
    errors: list[RuleError] = field(default_factory=list)

    @property
    def found(self) -> int:
        """All findings, listed or not."""
        return sum(each.failed for each in self.counts.values())

    def add(self, judged: FrameJudgement, most: int) -> None:
        """Count one piece, and word its findings as long as fewer than ``most`` are."""
        outcomes = Counter(judged.outcomes.to_list())
        self.rows += len(judged.outcomes)
        self.failed += outcomes[FAILED]
        self.held += outcomes[HELD]
        self.passed += len(judged.outcomes) - outcomes[FAILED] - outcomes[HELD]
        self.must_mend += judged.must_mend
        for code, counts in judged.counts.items():
            known = self.counts.get(code)
            self.counts[code] = counts if known is None else _sum(known, counts)
        self.errors.extend(judged.errors)
        if len(self.findings) < most:
            worded = judged.worded(most - len(self.findings))
            self.findings += worded
            self.marked += judged.records_of({finding.row for finding in worded})


def judge_stream(
    ruleset: Ruleset,
    table: str,
    pieces: Pieces,
    context: Context,
    *,
    most: int,
    take: Callable[[FrameJudgement], None] | None = None,
) -> Streamed:
    """Judge a document that is gone through twice; ``take`` gets each piece as it is judged.

    At most ``most`` findings are worded. Raises UnknownTableError, and TypeError for a column that
    holds neither text, number nor time.
    """
    plan = ruleset.plan(table)
    repeats = {
        entry.rule.code: Repeats(entry.rule, entry.rule.check, plan)
        for entry in plan.entries
        if isinstance(entry.rule.check, Unique)
    }
    if repeats:
        asked = frozenset[str]().union(*(each.columns for each in repeats.values()))
        for piece in pieces(asked):
            cells = Cells(plan.table, piece.frame)
            for each in repeats.values():
                each.learn(cells)
    for each in repeats.values():
        each.settle()
    total = Streamed(plan.table.code, ruleset.stamp)
    for piece in pieces(None):
        batch, cells = piece.batch(plan, context), Cells(plan.table, piece.frame)
        told = {code: each.answers(cells, batch) for code, each in repeats.items()}
        judged = judged_frame(plan, batch, piece.frame, ruleset.stamp, told)
        total.add(judged, most)
        if take is not None:
            take(judged)
    return total


def _sum(one: Counts, other: Counts) -> Counts:
    reasons = Counter(one.not_checked) + Counter(other.not_checked)
    return Counts(
        one.passed + other.passed,
        one.failed + other.failed,
        one.not_applicable + other.not_applicable,
        dict(sorted(reasons.items())),
    )
