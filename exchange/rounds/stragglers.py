"""The stragglers' round: what landed or was held and nobody has judged since it fell due."""

from __future__ import annotations

from datetime import datetime

from exchange.judging.judge import Judged, judge_due
from exchange.judging.second_look import look_again
from exchange.rounds.wiring import opened
from exchange.settings import Settings


def judge_stragglers(settings: Settings, *, now: datetime) -> Judged:
    """Judge everything that is due, of any body, then look again at what can now be compared."""
    total = Judged()
    with opened(settings, work="judge") as exchange:
        while True:
            judged = judge_due(exchange.store, exchange.rulesets, now=now)
            total.passed += judged.passed
            total.failed += judged.failed
            total.held += judged.held
            total.errors.extend(judged.errors)
            if judged.records:
                continue
            again = look_again(exchange.store, exchange.rulesets, now=now)
            total.errors.extend(again.errors)
            if not again.records:
                return total
