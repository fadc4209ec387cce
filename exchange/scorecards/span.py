"""The span of a scorecard: which verdicts it counts, and as known when.

All statements of one scorecard run on one snapshot of the ledger, each behind the definition of
what is scored. (The program's role may not make temporary tables.)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

from exchange.notices.days import OFFICE_ZONE, end_of
from exchange.store.queries import load

Q = load("scorecards")
CLOCK_SLACK = timedelta(seconds=2)
"""By so much may an event lie after its pull before the source's clock is called wrong."""


@dataclass(frozen=True, slots=True)
class Span:
    """A day of the office, the limit its versions had, and when one looks."""

    day: date
    limit: timedelta
    now: datetime

    def parameters(self) -> dict[str, object]:
        """For the statements."""
        return {
            "day": self.day,
            "start": datetime.combine(self.day, time(), OFFICE_ZONE),
            "end": end_of(self.day),
            "limit": self.limit,
            "slack": CLOCK_SLACK,
            "now": self.now,
        }


@cache
def statement(name: str) -> bytes:
    """The statement of that name behind what it counts."""
    return b"\n".join(
        (
            b"with scored as (",
            Q["scored"],
            b"), scored_finding as (",
            Q["scored_finding"],
            b"), opened as (",
            Q["opened"],
            b")",
            Q[name],
        )
    )
