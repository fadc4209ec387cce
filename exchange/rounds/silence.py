"""The daily round over bodies that went quiet."""

from __future__ import annotations

from datetime import datetime

from exchange.ledger.silence import SilentFeed, look_for_silence
from exchange.rounds.wiring import opened
from exchange.settings import Settings


def find_silent(settings: Settings, *, now: datetime) -> list[SilentFeed]:
    """Find and note which bodies are silent about which tables now."""
    with opened(settings, work="silence") as exchange, exchange.store.transaction() as conn:
        known = {
            body: exchange.rulesets.policy(body, now) for body in sorted(exchange.rulesets.bodies)
        }
        policy = exchange.policy(now)
        return look_for_silence(
            conn, lambda body, _: known.get(body, policy), now=now, policy=policy
        )
