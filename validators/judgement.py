"""What a judgement says: a verdict per record, counts per rule, and what went wrong with rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from validators.finding import Finding
from validators.record import Lookup

Verdict = Literal["pass", "fail", "hold"]

RULE_CRASHED = "规则运行异常"


@dataclass(frozen=True, slots=True)
class Stamp:
    """Under what a verdict was reached: same stamp and same input give the same findings."""

    standard: str
    overlay: str
    ruleset: str
    codelists: str
    engine: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How the records of a batch fared under one rule; the parts add up to the batch."""

    passed: int = 0
    failed: int = 0
    not_applicable: int = 0
    not_checked: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All records, whatever became of them."""
        return self.passed + self.failed + self.not_applicable + sum(self.not_checked.values())


@dataclass(frozen=True, slots=True)
class RecordVerdict:
    """What becomes of a record: handed on, returned, or held for the parents in ``waits_for``.

    Only findings with consequence ``reject`` return a record; others ride along with it. ``again``:
    some rule could not compare yet with what is still to arrive and should look once more.
    """

    id: int
    outcome: Verdict
    findings: tuple[Finding, ...] = ()
    waits_for: tuple[Lookup, ...] = ()
    again: bool = False


@dataclass(frozen=True, slots=True)
class RuleError:
    """A rule that broke on records: its records count as not checked, somebody must be told."""

    rule: str
    records: tuple[int, ...]
    error: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """The result for one batch of one table, in the order of the records."""

    table: str
    stamp: Stamp
    records: tuple[RecordVerdict, ...]
    counts: Mapping[str, Counts]
    errors: tuple[RuleError, ...] = ()
