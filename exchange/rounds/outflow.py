"""The slow rounds: notices and deadlines each minute, the scorecard each day."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from exchange.notices.chase import ChaseSummary
from exchange.notices.chase import chase as chase_cases
from exchange.rounds.wiring import opened
from exchange.scorecards import write_scorecard
from exchange.settings import Settings


def chase(settings: Settings, *, now: datetime) -> ChaseSummary:
    """Issue and deliver notices, mark what is overdue, close what is mended, draft the circular."""
    with opened(settings, work="chase") as exchange:
        return chase_cases(exchange.store, settings.state, exchange.rulesets.policy, now)


def score(
    settings: Settings, *, day: date, now: datetime, folder: Path | None = None
) -> list[Path]:
    """Write the scorecard of a day; returns the files. ``folder`` replaces that of the state."""
    folder = folder or settings.state / "scorecards"
    with opened(settings, work="score") as exchange, exchange.store.transaction() as conn:
        policy = exchange.policy(now)
        return write_scorecard(conn, day, policy, folder, now=now)
