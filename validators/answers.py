"""The answers of one rule over a batch, from whichever engine they come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

from validators.judgement import Counts

Answer = bool | str | None


class Answers(Protocol):
    """What became of every record of a batch under one rule."""

    @property
    def counts(self) -> Counts:
        """How many passed, failed, were not touched, were not checked."""

    @property
    def failed(self) -> Sequence[int]:
        """The positions of the records that failed, in order."""

    @property
    def listed(self) -> Sequence[Answer]:
        """The answer for each record."""


class Listed:
    """Answers of the row engine."""

    __slots__ = ("counts", "failed", "listed")

    def __init__(self, answers: Sequence[Answer]) -> None:
        self.listed = answers
        self.failed: Sequence[int] = ()
        passed, many = answers.count(True), len(answers)
        if passed == many:
            self.counts = _without_failures(many, 0)
            return
        beside = answers.count(None)
        if passed + beside == many:
            self.counts = _without_failures(passed, beside)
            return
        self.failed = [at for at, answer in enumerate(answers) if answer is False]
        reasons = Counter(answer for answer in answers if isinstance(answer, str))
        self.counts = Counts(passed, len(self.failed), beside, dict(sorted(reasons.items())))


@lru_cache(maxsize=1024)
def _without_failures(passed: int, beside: int) -> Counts:
    """Nearly all rules of nearly all batches fare like this; the object is shared."""
    return Counts(passed, 0, beside)
