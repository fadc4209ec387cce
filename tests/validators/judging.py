"""Building blocks of the judgement's tests: a standard in small, records, contexts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from random import Random

from schemas import load
from schemas.sample import WRITTEN_AT, valid
from validators import Context, Judgement, Lookup, ParentState, Record, Ruleset, judge
from validators.record import RECORD_ZONE

PROJECT = "SPGL_XMJBXXB"
CASE = "SPGL_XMSPSXBLXXB"
STEP = "SPGL_XMSPSXBLXXXXB"
DIVISION = "420602"
NOW = WRITTEN_AT.replace(minute=59, tzinfo=RECORD_ZONE)

Values = dict[str, str | None]


@cache
def ruleset(version: str = "3.0") -> Ruleset:
    """The ruleset of a version without overlay and policy."""
    return Ruleset.load(load(version))


def sample(
    table: str = PROJECT, seed: int = 1, version: str = "3.0", **cells: str | None
) -> Values:
    """A valid record of a county, with these cells put in."""
    made = valid(load(version), table, Random(seed), given={"XZQHDM": DIVISION})
    return {**made, **cells}


def context(
    parents: Mapping[Lookup, ParentState] | None = None,
    *,
    now: datetime = NOW,
    grace_over: frozenset[int] = frozenset(),
    one_file: bool = False,
) -> Context:
    """The context of a body that reports one county."""
    return Context("420602", frozenset({DIVISION}), now, parents, grace_over, one_file)


def judged(
    *rows: Mapping[str, str | None],
    table: str = PROJECT,
    version: str = "3.0",
    within: Context | None = None,
) -> Judgement:
    """The judgement of rows, numbered from 1."""
    records = [Record(at, row, where=f"第{at + 1}行") for at, row in enumerate(rows, 1)]
    return judge(ruleset(version), table, records, within or context())


def rules_found(judgement: Judgement, record: int = 0) -> set[str]:
    """The codes of the rules that a record failed."""
    return {finding.rule for finding in judgement.records[record].findings}
