"""The course of a case: its steps in order of time, its end, and the times that do not count.

Two clocks run over a case. The clock of the item stops for corrections and special procedures
(行政许可法 art. 45); the clock of the whole process does not: see ``clock``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from validators.dossier.row import Row

#: Status codes of list BLZT.
RECEIVED, WITHDRAWN, ACCEPTED, DECLINED, REFUSED = "1", "2", "3", "4", "5"
CORRECTING, CORRECTED, HANDLING, SPECIAL, SPECIAL_DONE = "6", "7", "8", "9", "10"
PASSED, DEFICIENT, FAILED, TAKEN_BACK, REVOKED = "11", "12", "13", "14", "15"

FINISHES = frozenset({PASSED, DEFICIENT, FAILED})
NOT_COUNTED = frozenset({WITHDRAWN, DECLINED, REFUSED, FAILED, TAKEN_BACK, REVOKED})
"""Ends that do not count as overdue (LIM-004)."""
ENDS = FINISHES | NOT_COUNTED
_PAUSES = ((CORRECTING, CORRECTED), (SPECIAL, SPECIAL_DONE))

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Step:
    """One step that says what happened and when."""

    status: str
    at: datetime
    row: Row


@dataclass(frozen=True, slots=True)
class Course:
    """The steps of a case, earliest first; steps without a readable time are left out."""

    steps: tuple[Step, ...]
    statuses: frozenset[str]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Course:
        """The course that these rows of steps tell."""
        timed = [
            Step(row.text("BLZT"), at, row) for row in rows if (at := row.time("BLSJ")) is not None
        ]
        order = sorted(timed, key=lambda step: (step.at, step.row.number("BLZT") or 0))
        return cls(tuple(order), frozenset(row.text("BLZT") for row in rows))

    def has(self, status: str) -> bool:
        """Whether there is a step of this status."""
        return status in self.statuses

    def first(self, *statuses: str) -> datetime | None:
        """When one of these statuses was reached first."""
        return next((step.at for step in self.steps if step.status in statuses), None)

    @property
    def accepted(self) -> datetime | None:
        """When the case was accepted."""
        return self.first(ACCEPTED)

    @property
    def finished(self) -> datetime | None:
        """When it was decided."""
        return self.first(*FINISHES)

    @property
    def running(self) -> bool:
        """Accepted and not ended in any way."""
        return self.has(ACCEPTED) and not self.statuses & ENDS

    def pauses(self, until: datetime) -> list[Span]:
        """Corrections and special procedures; one that has not ended lasts until ``until``."""
        found: list[Span] = []
        for begins, ends in _PAUSES:
            open_since: datetime | None = None
            for step in self.steps:
                if step.status == begins and open_since is None:
                    open_since = step.at
                elif step.status == ends and open_since is not None:
                    found.append((open_since, step.at))
                    open_since = None
            if open_since is not None and open_since < until:
                found.append((open_since, until))
        return found
