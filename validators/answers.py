"""The answers of one rule over a batch, from whichever engine they come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
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

    def __init__(self, answers: Sequence[Answer]) -> None:
        self.listed = answers

    @cached_property
    def counts(self) -> Counts:
        """See Answers."""
        answers = self.listed
        passed, failed, beside = answers.count(True), answers.count(False), answers.count(None)
        if passed + failed + beside == len(answers):
            return Counts(passed, failed, beside)
        reasons = Counter(answer for answer in answers if isinstance(answer, str))
        return Counts(passed, failed, beside, dict(sorted(reasons.items())))

    @cached_property
    def failed(self) -> list[int]:
        """See Answers."""
        if not self.counts.failed:
            return []
        return [at for at, answer in enumerate(self.listed) if answer is False]
