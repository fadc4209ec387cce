"""What a report on a judged file says, whatever form it takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from schemas import Table
from schemas.self_check import SelfCheck, rows_digest
from validators.finding import Finding
from validators.judgement import Judgement, RuleError, Stamp
from validators.record import Record
from validators.rule import Consequence
from validators.ruleset import Ruleset

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
    ``verdicts`` the records by what becomes of them. ``records`` are the rows as they were read,
    for the form that marks a copy of the data; ``statements`` say what each rule demands.
    """

    stamp: Stamp
    input: Input
    table: Table
    counts: Mapping[str, int]
    not_checked: Mapping[str, int]
    verdicts: Mapping[str, int]
    findings: tuple[Finding, ...]
    errors: tuple[RuleError, ...]
    records: tuple[Record, ...]
    statements: Mapping[str, str]

    @property
    def self_check(self) -> str:
        """The code by which an intake recognises that this content was judged."""
        rows = rows_digest(self.table, (record.values for record in self.records))
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
        return not self.findings

    @property
    def must_mend(self) -> int:
        """Records that are handed on but have something to mend."""
        refused = {each.row for each in self.findings if each.consequence == "reject"}
        later = {each.row for each in self.findings if each.consequence == "rectify"}
        return len(later - refused)

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
        }


def report_on(
    judgement: Judgement, examined: Input, ruleset: Ruleset, records: Sequence[Record]
) -> Report:
    """The report on the judgement of a file's records."""
    counts: Counter[str] = Counter(dict.fromkeys(ANSWERS, 0))
    reasons: Counter[str] = Counter()
    for each in judgement.counts.values():
        counts["pass"] += each.passed
        counts["fail"] += each.failed
        counts["not_applicable"] += each.not_applicable
        counts["not_checked"] += sum(each.not_checked.values())
        reasons.update(each.not_checked)
    return Report(
        stamp=judgement.stamp,
        input=examined,
        table=ruleset.standard.table(judgement.table),
        counts=counts,
        not_checked=dict(sorted(reasons.items())),
        verdicts=Counter(verdict.outcome for verdict in judgement.records),
        findings=tuple(found for verdict in judgement.records for found in verdict.findings),
        errors=judgement.errors,
        records=tuple(records),
        statements={rule.code: rule.statement for rule in ruleset.rules_of(judgement.table)},
    )
