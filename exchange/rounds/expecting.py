"""The daily look at the store as a whole; apart from the rounds that carry records."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from exchange.expectations.measure import Day
from exchange.expectations.publish import Published, publish
from exchange.rounds.wiring import opened
from exchange.settings import Settings


def expect(
    settings: Settings, *, day: date, now: datetime, folder: Path | None = None
) -> Published:
    """Verify a day and write its page; ``folder`` replaces that of the state."""
    folder = folder or settings.state / "expectations"
    with opened(settings, work="expect") as exchange:
        zone = exchange.policy(now).zone
        return publish(exchange.store, Day(day, zone, now), folder)
