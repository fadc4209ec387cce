"""What another ruleset would change in the verdicts on dossiers, counted apart from records.

A dossier fails when something in it is to be mended (``rectify``). The gate fails when more than
the policy's share of dossiers newly fails, when a rule of the candidate breaks, or when it has no
rules for dossiers at all. The level of a body is about its records and is not asked here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from exchange.replay.candidate import DossierVerdicts
from exchange.replay.changes import Candidacy, Changes, too_many
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
        self.candidacy = Candidacy()
        self.lacking = ""

    def add(self, kept: KeptDossier, again: DossierVerdicts) -> None:
        """Count one dossier: its verdict that stood against that of the candidate."""
        self.candidacy.add(again)
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
        gates = [body.gate for body in self.bodies.values()]
        told += too_many(self.newly_failing, self.dossiers, gates, "dossiers")
        return told + self.candidacy.reasons("dossiers")

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
            **self.candidacy.to_json(),
        }


def _fails(found: Found) -> bool:
    return any("rectify" in rules.values() for rules in found.values())
