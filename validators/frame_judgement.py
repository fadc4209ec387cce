"""A judgement of a whole frame: findings as columns, so that a million of them stay cheap.

The same answers as ``validators.judge`` gives for the same rows; what a finding says to people is
made only for those that somebody wants to read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np
import polars as pl

from validators.columnar_cells import picked, written
from validators.columnar_keys import Positions
from validators.columnwise import Columnwise
from validators.engine import answers_of
from validators.finding import Finding
from validators.frames import FrameRecords, batch_of_frame
from validators.judgement import Counts, RuleError, Stamp
from validators.plan import Batch, Entry, Plan
from validators.record import Context, Record
from validators.rule import Refers
from validators.ruleset import Ruleset
from validators.siblings import with_siblings
from validators.wording import word

PASSED, HELD, FAILED = 0, 1, 2


@dataclass(frozen=True)
class FrameJudgement:
    """What became of the rows of a frame.

    ``outcomes`` has for each row PASSED, HELD (a parent is awaited) or FAILED (a rule that returns
    a record was broken).
    """

    table: str
    stamp: Stamp
    frame: pl.DataFrame
    outcomes: pl.Series
    counts: Mapping[str, Counts]
    errors: tuple[RuleError, ...]
    _plan: Plan
    _batch: Batch
    _broken: Sequence[tuple[Entry, Positions]]

    @cached_property
    def findings(self) -> pl.DataFrame:
        """One row per finding, rule by rule: ``rule``, ``row`` (position), ``fields``, ``value``.

        Then the business key. Values are as they were sent: for programs, not to be shown.
        """
        codes, rows, fields = self._named
        values = [self._values(entry.rule.fields, places) for entry, places in self._broken]
        empty = pl.Series("value", [], dtype=pl.String)
        parts = [codes, pl.Series("row", rows), fields, pl.concat([empty, *values])]
        keys = [name for name in self._plan.table.key if name in self.frame.columns]
        parts += [written(picked(self.frame[name], rows)).alias(f"key {name}") for name in keys]
        return pl.DataFrame(parts)

    @property
    def listing(self) -> pl.DataFrame:
        """Every finding by rule, number of the record and fields: nothing of what rows hold."""
        codes, rows, fields = self._named
        records = self._batch.records
        if isinstance(records, FrameRecords):
            numbers = rows + records.first
        else:
            numbers = np.array([record.id for record in records], dtype=np.int64)[rows]
        return pl.DataFrame([codes, pl.Series("row", numbers), fields])

    @property
    def _named(self) -> tuple[pl.Series, Positions, pl.Series]:
        rules = [entry.rule for entry, _ in self._broken]
        which = np.repeat(np.arange(len(rules)), [len(places) for _, places in self._broken])
        rows = np.concatenate([np.empty(0, np.int64), *(places for _, places in self._broken)])
        codes = pl.Series("rule", [rule.code for rule in rules], dtype=pl.String)
        fields = pl.Series("fields", [",".join(rule.fields) for rule in rules], dtype=pl.String)
        return codes[which], rows, fields[which]

    def worded(self, most: int | None = None) -> list[Finding]:
        """The findings as people read them, row by row, in the order of the rules.

        With ``most`` only the first so many.
        """
        by_row: dict[int, list[Finding]] = defaultdict(list)
        records, chosen = self._batch.records, self._first(most)
        if isinstance(records, FrameRecords):
            records.read(sorted({at for places in chosen for at in places}))
        for (entry, _), places in zip(self._broken, chosen, strict=True):
            for at in places:
                by_row[at].append(word(entry, self._plan, self._batch, at))
        grouped = with_siblings([by_row[at] for at in sorted(by_row)])
        return [finding for findings in grouped for finding in findings]

    def records_of(self, ids: Collection[int]) -> list[Record]:
        """The records with these numbers."""
        records = self._batch.records
        if isinstance(records, FrameRecords):
            return [records[one - records.first] for one in sorted(ids)]
        return [one for one in records if one.id in ids]

    @cached_property
    def must_mend(self) -> int:
        """Rows that are handed on but have something to mend."""
        later = [at for entry, at in self._broken if entry.rule.consequence == "rectify"]
        rows = np.unique(np.concatenate([np.empty(0, np.int64), *later]))
        return int((self.outcomes.to_numpy()[rows] != FAILED).sum())

    def _first(self, most: int | None) -> list[list[int]]:
        """For each broken rule the places of its findings that are among the first of all."""
        if most is None or sum(len(places) for _, places in self._broken) <= most:
            return [places.tolist() for _, places in self._broken]
        rows = np.concatenate([places for _, places in self._broken])
        rules = np.repeat(np.arange(len(self._broken)), [len(at) for _, at in self._broken])
        kept = np.lexsort((rules, rows))[:most]
        return [rows[kept[rules[kept] == at]].tolist() for at in range(len(self._broken))]

    def _values(self, names: Sequence[str], places: Positions) -> pl.Series:
        there = [name for name in names if name in self.frame.columns]
        texts = [written(self.frame[name][places]).alias("value") for name in there]
        if not texts:
            return pl.Series("value", [None], dtype=pl.String).new_from_index(0, len(places))
        if len(texts) == 1:
            return texts[0]
        frame = pl.DataFrame([text.alias(name) for text, name in zip(texts, there, strict=True)])
        return frame.select(value=pl.concat_str(there, separator="；", ignore_nulls=True))["value"]


def judge_frame(
    ruleset: Ruleset, table: str, frame: pl.DataFrame, context: Context, *, first: int = 2
) -> FrameJudgement:
    """Judge the rows of a frame, numbered from ``first`` as in a file with a head line.

    Columns are texts as landed, or typed. Raises UnknownTableError, and TypeError for a column that
    holds neither text, number nor time.
    """
    plan = ruleset.plan(table)
    return judged_frame(plan, batch_of_frame(plan, frame, context, first), frame, ruleset.stamp)


def judged_frame(
    plan: Plan,
    batch: Batch,
    frame: pl.DataFrame,
    stamp: Stamp,
    told: Mapping[str, Columnwise] = MappingProxyType({}),
) -> FrameJudgement:
    """The judgement of a batch that was made of a frame; ``told`` are rules answered already."""
    errors: list[RuleError] = []
    counts: dict[str, Counts] = {}
    broken: list[tuple[Entry, Positions]] = []
    outcomes = np.full(frame.height, PASSED, dtype=np.uint8)
    for entry in plan.entries:
        answers = told.get(entry.rule.code) or answers_of(entry, batch, errors)
        counts[entry.rule.code] = answers.counts
        rejects = entry.rule.consequence == "reject"
        if rejects and isinstance(entry.rule.check, Refers) and batch.context.parents is not None:
            held = answers.open if isinstance(answers, Columnwise) else _reasons(answers.listed)
            outcomes[held] = np.maximum(outcomes[held], HELD)
        if answers.counts.failed:
            if isinstance(answers, Columnwise):
                places = answers.places
            else:
                places = np.array(answers.failed, dtype=np.int64)
            broken.append((entry, places))
            if rejects:
                outcomes[places] = FAILED
    return FrameJudgement(
        plan.table.code, stamp, frame, pl.Series("outcome", outcomes), counts, tuple(errors),
        plan, batch, broken,
    )  # fmt: skip


def _reasons(listed: Sequence[object]) -> Positions:
    told = [at for at, answer in enumerate(listed) if isinstance(answer, str)]
    return np.array(told, dtype=np.int64)
