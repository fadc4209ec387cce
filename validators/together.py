"""A batch as far as rules look at more than one row of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from validators.record import Context, Record
from validators.row import Row
from validators.rule import Rule


class RowsTogether(Protocol):
    """The batch as far as comparisons look at it; see ``validators.plan.Batch``."""

    @property
    def records(self) -> Sequence[Record]:
        """The records."""

    @property
    def rows(self) -> Sequence[Row]:
        """The same as rows."""

    @property
    def context(self) -> Context:
        """What surrounds them."""

    @property
    def notes(self) -> dict[tuple[str, int], str]:
        """What findings will tell."""

    @property
    def meant(self) -> dict[tuple[str, int], str]:
        """What would be right."""

    @property
    def kept(self) -> dict[object, Any]:
        """What is made once for the whole batch."""

    @property
    def withdraws(self) -> bool:
        """Whether some rows only withdraw an earlier one."""

    def seen_by(self, rule: Rule) -> Sequence[Row | None]:
        """The rows that a rule looks at."""
