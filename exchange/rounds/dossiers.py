"""The round over whole dossiers: cases, projects and flows that have settled since they changed."""

from __future__ import annotations

from datetime import datetime

from exchange.judging.dossiers import Reviewed, review_due
from exchange.rounds.wiring import opened
from exchange.settings import Settings


def review_dossiers(settings: Settings, *, now: datetime) -> Reviewed:
    """Review every dossier that is due, group by group; returns the sum."""
    total = Reviewed()
    with opened(settings, work="review") as exchange:
        while True:
            reviewed = review_due(exchange.store, exchange.rulesets, now=now)
            total.add(reviewed)
            if not reviewed.dossiers:
                return total
