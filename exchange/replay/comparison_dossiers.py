"""What another ruleset would change in the verdicts on dossiers, counted apart from records.

A dossier fails when something in it is to be mended (``rectify``). The gate fails when more than
the policy's share of dossiers newly fails, when a rule of the candidate breaks, or when it has no
rules for dossiers at all. The level of a body is about its records and is not asked here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from exchange.replay.candidate import DossierVerdicts
from exchange.replay.changes import Changes
from exchange.replay.dossiers import KeptDossier
from schemas.policy import Gate

Found = dict[int, dict[str, str]]


@dataclass(slots=True)
class BodyDossiers:
    """The dossiers judged as those of one body, and what changes in them per rule."""

    body: str
    gate: Gate
    dossiers: int = 0
    newly_failing: int = 0
    newly_passing: int = 0
    changes: Changes = field(default_factory=Changes)

    def to_json(self) -> dict[str, Any]:
        """As an object for programs."""
        return {
            "body": self.body,
            "dossiers": self.dossiers,
            "newly_failing": self.newly_failing,
            "newly_passing": self.newly_passing,
            "rules": self.changes.to_json(),
        }


class DossierComparison:
    """Gathers dossier by dossier; what it keeps grows with bodies × rules."""

    def __init__(self, gate_of: Callable[[str], Gate], renamed: Mapping[str, str]) -> None:
        """``renamed`` are rule codes that were replaced, old to new."""
        self._gate_of = gate_of
        self._renamed = renamed
        self.bodies: dict[str, BodyDossiers] = {}
        self.broken: Counter[str] = Counter()
        self.unknown: set[str] = set()
        self.lacking = ""
        self.cpu_s = 0.0
        self.peak_mib = 0.0

    def add(self, kept: KeptDossier, again: DossierVerdicts) -> None:
        """Count one dossier: its verdict that stood against that of the candidate."""
        self.cpu_s += again.cpu_s
        self.peak_mib = max(self.peak_mib, again.peak_mib)
        self.unknown.update(again.unknown)
        for error in again.errors:
            self.broken[error["rule"]] += len(error["records"]) or 1
        before = self._by_row((one.version, one.rule, one.consequence) for one in kept.found)
        after = self._by_row(
            (one["row"], one["rule"], one["consequence"]) for one in again.findings
        )
        body = self.bodies.get(kept.body)
        if body is None:
            body = self.bodies[kept.body] = BodyDossiers(kept.body, self._gate_of(kept.body))
        for version in sorted(before.keys() | after.keys()):
            body.changes.count(version, before.get(version, {}), after.get(version, {}))
        failed, fails = _fails(before), _fails(after)
        body.dossiers += 1
        body.newly_failing += fails and not failed
        body.newly_passing += failed and not fails

    def _by_row(self, found: Iterable[tuple[int, str, str]]) -> Found:
        rows: Found = {}
        for version, rule, consequence in found:
            rows.setdefault(version, {})[self._renamed.get(rule, rule)] = consequence
        return rows

    @property
    def dossiers(self) -> int:
        """All dossiers that were compared."""
        return sum(body.dossiers for body in self.bodies.values())

    @property
    def newly_failing(self) -> int:
        """Dossiers in which something would be to be mended and was not."""
        return sum(body.newly_failing for body in self.bodies.values())

    def reasons(self) -> list[str]:
        """Why the gate fails, in sentences; nothing when it does not."""
        told = [self.lacking] if self.lacking else []
        if self.dossiers:
            share = self.newly_failing / self.dossiers
            most = max(body.gate.newly_failing for body in self.bodies.values())
            if share > most:
                told.append(
                    f"{self.newly_failing} of {self.dossiers} dossiers newly fail "
                    f"({share:.2%}, allowed are {most:.2%})"
                )
        told += [f"rule {rule} broke on {many} dossiers" for rule, many in self.broken.items()]
        return told

    def to_json(self) -> dict[str, Any]:
        """The whole comparison as one object."""
        reasons = self.reasons()
        return {
            "gate": "fail" if reasons else "pass",
            "reasons": reasons,
            "dossiers": self.dossiers,
            "newly_failing": self.newly_failing,
            "newly_passing": sum(body.newly_passing for body in self.bodies.values()),
            "bodies": [self.bodies[code].to_json() for code in sorted(self.bodies)],
            "context_unknown_to_candidate": sorted(self.unknown),
            "candidate": {"cpu_s": round(self.cpu_s, 3), "peak_mib": round(self.peak_mib, 1)},
        }


def _fails(found: Found) -> bool:
    return any("rectify" in rules.values() for rules in found.values())
