"""Which findings one mend clears together: told once, so that nobody mends the same thing twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from validators.finding import Finding

MOST = 20
"""More siblings than this are not listed: the finding would be longer than its batch."""


def with_siblings(found: Sequence[Sequence[Finding]]) -> list[list[Finding]]:
    """The findings, each with the names of those that the same mend clears.

    In one record these are findings on the same fields; across records, references to the same
    missing parent.
    """
    groups: dict[object, list[str]] = defaultdict(list)
    for findings in found:
        for finding in findings:
            groups[_same_mend(finding)].append(_name(finding))
    return [[_named(finding, groups[_same_mend(finding)]) for finding in each] for each in found]


def _same_mend(finding: Finding) -> object:
    if finding.rule.startswith("PRO-007/"):
        return (finding.rule, finding.value)
    return (finding.row, finding.fields or finding.rule)


def _name(finding: Finding) -> str:
    return f"{finding.rule}@{finding.row}"


def _named(finding: Finding, group: Sequence[str]) -> Finding:
    if len(group) == 1:
        return finding
    own = _name(finding)
    others = [name for name in group[: MOST + 1] if name != own]
    return replace(finding, siblings=tuple(others[:MOST]))
