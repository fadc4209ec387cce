"""What changes rule by rule, with some versions to look at; what records and dossiers share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from exchange.replay.candidate import DossierVerdicts, Verdicts
from schemas.policy import Gate

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


@dataclass(slots=True)
class Candidacy:
    """What judging again with the candidate came to besides its findings."""

    broken: Counter[str] = field(default_factory=Counter)
    unknown: set[str] = field(default_factory=set)
    cpu_s: float = 0.0
    peak_mib: float = 0.0

    def add(self, told: Verdicts | DossierVerdicts) -> None:
        """Count one answer: what it cost, what broke, what of its context was not understood."""
        self.cpu_s += told.cpu_s
        self.peak_mib = max(self.peak_mib, told.peak_mib)
        self.unknown.update(told.unknown)
        for error in told.errors:
            self.broken[error["rule"]] += len(error["records"]) or 1

    def reasons(self, what: str) -> list[str]:
        """A sentence for each rule that broke on records or dossiers, as ``what`` names them."""
        return [f"rule {rule} broke on {many} {what}" for rule, many in self.broken.items()]

    def to_json(self) -> dict[str, Any]:
        """As fields of the whole comparison."""
        return {
            "context_unknown_to_candidate": sorted(self.unknown),
            "candidate": {"cpu_s": round(self.cpu_s, 3), "peak_mib": round(self.peak_mib, 1)},
        }


def too_many(newly_failing: int, of: int, gates: Iterable[Gate], what: str) -> list[str]:
    """Why the gate fails when a greater share newly fails than the policy allows; else nothing."""
    most = max((gate.newly_failing for gate in gates), default=0.0)
    if not of or newly_failing / of <= most:
        return []
    share = f"{newly_failing / of:.2%}, allowed are {most:.2%}"
    return [f"{newly_failing} of {of} {what} newly fail ({share})"]


def _change(before: str | None, after: str | None) -> Change | None:
    if before == after:
        return None
    if before is None:
        return "newly_failing"
    return "newly_passing" if after is None else "changed_consequence"
