"""The slow rounds: notices and deadlines each minute, the scorecard each day."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from exchange.notices.chase import ChaseSummary
from exchange.notices.chase import chase as chase_cases
from exchange.rounds.receipts import deliver_files
from exchange.rounds.wiring import opened
from exchange.scorecards import write_scorecard
from exchange.settings import Settings


def chase(settings: Settings, *, now: datetime) -> ChaseSummary:
    """Issue and deliver notices, mark what is overdue, close what is mended, draft the circular.

    Files with receipts that wait for their body's channel go the same way.
    """
    with opened(settings, work="chase") as exchange:
        summary = chase_cases(exchange.store, settings.state, exchange.rulesets.policy, now)
        handed_out = deliver_files(exchange, now=now)
    summary.delivered += handed_out.delivered
    summary.failures += handed_out.failures
    return summary


def score(
    settings: Settings, *, day: date, now: datetime, folder: Path | None = None
) -> list[Path]:
    """Write the scorecard of a day; returns the files. ``folder`` replaces that of the state."""
    folder = folder or settings.state / "scorecards"
    with opened(settings, work="score") as exchange, exchange.store.transaction() as conn:
        policy = exchange.policy(now)
        return write_scorecard(conn, day, policy, folder, now=now)
