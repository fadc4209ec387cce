"""What another ruleset would change: per body and rule, and whether it may be switched on.

The gate fails when more than the policy's share of records newly fails, when a body falls below the
level of its policy that it had reached, or when a rule of the candidate breaks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from exchange.replay.candidate import Verdicts
from exchange.replay.changes import Candidacy, Changes, too_many
from exchange.replay.groups import Group
from schemas.policy import Gate


@dataclass(slots=True)
class BodyChange:
    """One body: records, how many passed before and would pass, and what changes per rule."""

    body: str
    gate: Gate
    records: int = 0
    failed_before: int = 0
    failed_after: int = 0
    newly_failing: int = 0
    newly_passing: int = 0
    changes: Changes = field(default_factory=Changes)

    def share(self, failed: int) -> float:
        """The share of records that pass when so many fail."""
        return 1 - failed / self.records

    @property
    def falls(self) -> bool:
        """Whether the body had its level and would lose it."""
        level = self.gate.level_of(self.body)
        return self.share(self.failed_before) >= level > self.share(self.failed_after)

    def to_json(self) -> dict[str, Any]:
        """As an object for programs."""
        return {
            "body": self.body,
            "records": self.records,
            "passing_before": self.share(self.failed_before),
            "passing_after": self.share(self.failed_after),
            "level": self.gate.level_of(self.body),
            "falls_below_level": self.falls,
            "newly_failing": self.newly_failing,
            "newly_passing": self.newly_passing,
            "rules": self.changes.to_json(),
        }


class Comparison:
    """Gathers group by group; what it keeps grows with bodies × rules, not with records."""

    def __init__(self, gate_of: Callable[[str], Gate], renamed: Mapping[str, str]) -> None:
        """``renamed`` are rule codes that were replaced, old to new (``validators.migration``)."""
        self._gate_of = gate_of
        self._renamed = renamed
        self.bodies: dict[str, BodyChange] = {}
        self.stamps: set[tuple[tuple[str, str], ...]] = set()
        self.not_checked: Counter[str] = Counter()
        self.candidacy = Candidacy()
        self.judgements = 0

    def add(self, group: Group, after: Verdicts) -> None:
        """Count one group: the verdicts that stand against those of the candidate."""
        self.judgements += 1
        self.candidacy.add(after)
        self.stamps.add(tuple(after.stamp.items()))
        self.not_checked.update(after.not_checked)
        found: dict[int, dict[str, str]] = {}
        for one in after.findings:
            found.setdefault(one["row"], {})[self._name(one["rule"])] = one["consequence"]
        body = self.bodies.get(group.body)
        if body is None:
            body = self.bodies[group.body] = BodyChange(group.body, self._gate_of(group.body))
        for record in group.records:
            if record.counted:
                before = {self._name(rule): how for rule, how in record.found.items()}
                fails = after.outcomes[record.id] == "fail"
                body.changes.count(record.id, before, found.get(record.id, {}))
                body.records += 1
                body.failed_before += record.outcome == "fail"
                body.failed_after += fails
                body.newly_failing += fails and record.outcome != "fail"
                body.newly_passing += not fails and record.outcome == "fail"

    def _name(self, rule: str) -> str:
        return self._renamed.get(rule, rule)

    @property
    def records(self) -> int:
        """All records that were compared."""
        return sum(body.records for body in self.bodies.values())

    @property
    def newly_failing(self) -> int:
        """Records that would be sent back and were not."""
        return sum(body.newly_failing for body in self.bodies.values())

    def reasons(self) -> list[str]:
        """Why the gate fails, in sentences; nothing when it does not."""
        told = []
        gates = [body.gate for body in self.bodies.values()]
        told += too_many(self.newly_failing, self.records, gates, "records")
        told += [
            f"body {body.body} falls below its level: {body.share(body.failed_before):.2%} passed, "
            f"{body.share(body.failed_after):.2%} would, level {body.gate.level_of(body.body):.2%}"
            for body in self.bodies.values()
            if body.falls
        ]
        return told + self.candidacy.reasons("records")

    def to_json(self) -> dict[str, Any]:
        """The whole comparison as one object."""
        reasons = self.reasons()
        return {
            "gate": "fail" if reasons else "pass",
            "reasons": reasons,
            "records": self.records,
            "judgements": self.judgements,
            "newly_failing": self.newly_failing,
            "newly_passing": sum(body.newly_passing for body in self.bodies.values()),
            "stamps": [dict(stamp) for stamp in sorted(self.stamps)],
            "bodies": [self.bodies[code].to_json() for code in sorted(self.bodies)],
            "not_checked": dict(sorted(self.not_checked.items())),
            **self.candidacy.to_json(),
        }
