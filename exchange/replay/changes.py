"""What changes rule by rule, with some versions to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Change = Literal["newly_failing", "newly_passing", "changed_consequence"]
CHANGES: tuple[Change, ...] = ("newly_failing", "newly_passing", "changed_consequence")
SHOWN = 5
"""Versions named for each change, to look at."""


@dataclass(slots=True)
class Changes:
    """The changes at one body: how many of each kind, per rule."""

    rules: dict[str, Counter[Change]] = field(default_factory=dict)
    examples: dict[tuple[str, Change], list[int]] = field(default_factory=dict)

    def count(self, version: int, before: Mapping[str, str], after: Mapping[str, str]) -> None:
        """Compare what was found at one row before and after: rule → consequence."""
        for rule in before.keys() | after.keys():
            change = _change(before.get(rule), after.get(rule))
            if change is None:
                continue
            self.rules.setdefault(rule, Counter())[change] += 1
            examples = self.examples.setdefault((rule, change), [])
            if len(examples) < SHOWN:
                examples.append(version)

    def to_json(self) -> list[dict[str, Any]]:
        """Rule by rule, as objects for programs."""
        return [
            {
                "rule": rule,
                **{change: changes[change] for change in CHANGES},
                "versions": {
                    change: self.examples[rule, change]
                    for change in CHANGES
                    if (rule, change) in self.examples
                },
            }
            for rule, changes in sorted(self.rules.items())
        ]


def _change(before: str | None, after: str | None) -> Change | None:
    if before == after:
        return None
    if before is None:
        return "newly_failing"
    return "newly_passing" if after is None else "changed_consequence"
