"""The answers of a rule as columns: a mask, and reasons where something was not checked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import polars as pl

from validators.answers import Answer
from validators.columnar import NotColumnarError
from validators.columnar_keys import Positions
from validators.judgement import Counts


class Columnwise:
    """Answers as a mask, with reasons where something was not checked."""

    def __init__(self, mask: pl.Series, reasons: pl.Series | None = None) -> None:
        self._mask = mask
        self._reasons = (
            reasons if reasons is not None and reasons.null_count() < len(mask) else None
        )

    @cached_property
    def counts(self) -> Counts:
        """See Answers."""
        passed, empty = int(self._mask.sum()), self._mask.null_count()
        failed = len(self._mask) - passed - empty
        if self._reasons is None:
            return Counts(passed, failed, empty)
        found = self._reasons.drop_nulls().value_counts().rows()
        reasons = dict(sorted(found))
        return Counts(passed, failed, empty - sum(reasons.values()), reasons)

    @cached_property
    def places(self) -> Positions:
        """The positions of the records that failed, as numbers of numpy."""
        if not self.counts.failed:
            return np.empty(0, dtype=np.int64)
        return (~self._mask).arg_true().to_numpy().astype(np.int64)

    @property
    def failed(self) -> list[int]:
        """See Answers."""
        places: list[int] = self.places.tolist()
        return places

    @property
    def open(self) -> Positions:
        """The positions of the records that were not checked."""
        if self._reasons is None:
            return np.empty(0, dtype=np.int64)
        return self._reasons.is_not_null().arg_true().to_numpy().astype(np.int64)

    @property
    def listed(self) -> list[Answer]:
        """See Answers."""
        if self._reasons is None:
            return self._mask.to_list()
        pairs = zip(self._mask, self._reasons, strict=True)
        return [told if reason is None else reason for told, reason in pairs]


def answers_as_columns(answers: Sequence[Answer]) -> tuple[pl.Series, pl.Series | None]:
    """Answers as a mask and the reasons in it. Raises NotColumnarError for anything else."""
    if not all(answer is None or type(answer) in {bool, str} for answer in answers):
        raise NotColumnarError("an answer that is none")
    mask = [answer if isinstance(answer, bool) else None for answer in answers]
    why = [answer if isinstance(answer, str) else None for answer in answers]
    told = pl.Series(why, dtype=pl.String) if any(part is not None for part in why) else None
    return pl.Series(mask, dtype=pl.Boolean), told
