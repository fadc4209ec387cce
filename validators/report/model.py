"""What a report on a judged file says, whatever form it takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from schemas import Table
from schemas.self_check import NO_ROWS, SelfCheck, rows_digest
from validators.finding import Finding
from validators.judgement import Counts, Judgement, RuleError, Stamp
from validators.record import Record
from validators.rule import Consequence
from validators.ruleset import Ruleset

if TYPE_CHECKING:
    from validators.streamed import Streamed  # polars: only where a document is long

HANDLING: Mapping[Consequence, str] = {
    "reject": "不可上报，须改正",
    "rectify": "可上报，须整改",
    "advice": "提示核查",
}
"""What a finding means for a file that has not been sent yet."""

ANSWERS = ("pass", "fail", "not_applicable", "not_checked")


@dataclass(frozen=True, slots=True)
class Input:
    """The file that was judged: its name without folder, the table it holds, its rows, its hash."""

    file: str
    table: str
    rows: int
    sha256: str


@dataclass(frozen=True)
class Report:
    """A judged file.

    ``counts`` are answers over rules × records, ``not_checked`` those without an answer by reason,
    ``verdicts`` the records by what becomes of them, ``must_mend`` those that are handed on but
    have something to mend, ``failed`` the findings by rule: all of them, complete. ``findings`` are
    those listed, for a long file the first ones; ``records`` are the rows as they were read, of a
    long file those with listed findings, for the form that marks a copy of the data; ``statements``
    say what each rule demands.
    """

    stamp: Stamp
    input: Input
    table: Table
    counts: Mapping[str, int]
    not_checked: Mapping[str, int]
    verdicts: Mapping[str, int]
    must_mend: int
    findings: tuple[Finding, ...]
    errors: tuple[RuleError, ...]
    records: tuple[Record, ...]
    statements: Mapping[str, str]
    failed: Mapping[str, int]

    @property
    def found(self) -> int:
        """All findings, listed or not."""
        return self.counts["fail"]

    @property
    def not_listed(self) -> int:
        """Findings that are counted and not listed: the file has too many."""
        return self.found - len(self.findings)

    @property
    def by_frequency(self) -> list[tuple[str, int]]:
        """All rules that were broken, with how often, the most frequent first."""
        broken = ((rule, many) for rule, many in self.failed.items() if many)
        return sorted(broken, key=lambda one: (-one[1], one[0]))

    @property
    def self_check(self) -> str:
        """The code by which an intake recognises that this content was judged."""
        whole = len(self.records) == self.input.rows
        cells = (record.values for record in self.records)
        rows = rows_digest(self.table, cells) if whole else NO_ROWS
        return SelfCheck.of(
            ruleset=self.stamp.ruleset,
            passed=self.verdicts.get("pass", 0),
            failed=self.verdicts.get("fail", 0),
            sha256=self.input.sha256,
            rows=rows,
        ).code

    @property
    def clean(self) -> bool:
        """True when nothing was found."""
        return self.found == 0

    def by_rule(self) -> list[tuple[Finding, list[Finding]]]:
        """The findings by rule, the gravest and most frequent first, each with its first one."""
        groups: dict[str, list[Finding]] = {}
        for finding in self.findings:
            groups.setdefault(finding.rule, []).append(finding)
        gravity = ("reject", "rectify", "advice")
        ordered = sorted(
            groups.values(),
            key=lambda group: (gravity.index(group[0].consequence), -len(group), group[0].rule),
        )
        return [(group[0], group) for group in ordered]

    def to_json(self) -> dict[str, Any]:
        """The report as a JSON object, in the published shape."""
        return {
            "stamp": asdict(self.stamp),
            "input": asdict(self.input),
            "self_check": self.self_check,
            "counts": dict(self.counts),
            "findings": [finding.to_json() for finding in self.findings],
            **({"not_listed": self.not_listed} if self.not_listed else {}),
        }


def report_on(
    judgement: Judgement, examined: Input, ruleset: Ruleset, records: Sequence[Record]
) -> Report:
    """The report on the judgement of a file's records."""
    findings = tuple(found for verdict in judgement.records for found in verdict.findings)
    refused = {each.row for each in findings if each.consequence == "reject"}
    later = {each.row for each in findings if each.consequence == "rectify"}
    return Report(
        stamp=judgement.stamp,
        input=examined,
        verdicts=Counter(verdict.outcome for verdict in judgement.records),
        must_mend=len(later - refused),
        findings=findings,
        errors=judgement.errors,
        records=tuple(records),
        **_told(ruleset, judgement.table, judgement.counts),
    )


def report_on_stream(streamed: Streamed, examined: Input, ruleset: Ruleset) -> Report:
    """The report on a document that was judged piece by piece."""
    return Report(
        stamp=streamed.stamp,
        input=examined,
        verdicts={"pass": streamed.passed, "fail": streamed.failed, "hold": streamed.held},
        must_mend=streamed.must_mend,
        findings=tuple(streamed.findings),
        errors=tuple(streamed.errors),
        records=tuple(streamed.marked),
        **_told(ruleset, streamed.table, streamed.counts),
    )


def _told(ruleset: Ruleset, table: str, by_rule: Mapping[str, Counts]) -> dict[str, Any]:
    """What both kinds of report say of rules and counts."""
    counts: Counter[str] = Counter(dict.fromkeys(ANSWERS, 0))
    reasons: Counter[str] = Counter()
    for each in by_rule.values():
        counts["pass"] += each.passed
        counts["fail"] += each.failed
        counts["not_applicable"] += each.not_applicable
        counts["not_checked"] += sum(each.not_checked.values())
        reasons.update(each.not_checked)
    return {
        "table": ruleset.standard.table(table),
        "counts": counts,
        "not_checked": dict(sorted(reasons.items())),
        "failed": {code: each.failed for code, each in by_rule.items()},
        "statements": {rule.code: rule.statement for rule in ruleset.rules_of(table)},
    }
