"""The stragglers' round: what landed or was held and nobody has judged since it fell due."""

from __future__ import annotations

from datetime import datetime

from exchange.judging.judge import Judged, judge_due
from exchange.rounds.wiring import opened
from exchange.settings import Settings


def judge_stragglers(settings: Settings, *, now: datetime) -> Judged:
    """Judge everything that is due, of any body; returns the sum."""
    total = Judged()
    with opened(settings, work="judge") as exchange:
        while True:
            judged = judge_due(exchange.store, exchange.rulesets, now=now)
            total.passed += judged.passed
            total.failed += judged.failed
            total.held += judged.held
            total.errors.extend(judged.errors)
            if not judged.records:
                return total
