"""The round over addresses in rows: only for bodies whose file allows addresses."""

from __future__ import annotations

from datetime import datetime

from exchange.judging.links import LookedAt, look_at_links
from exchange.rounds.wiring import opened
from exchange.settings import Settings


def probe_links(settings: Settings, *, now: datetime) -> LookedAt:
    """Look at what is due of every body; returns the sum."""
    total = LookedAt()
    with opened(settings, work="links") as exchange:
        for body in exchange.bodies.values():
            standards = {version: exchange.standard(body.code, version) for version in body.feeds}
            policy = exchange.rulesets.policy(body.code, now)
            total.add(look_at_links(exchange.store, body, standards, policy, now=now))
    return total
