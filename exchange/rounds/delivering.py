"""The delivering round: everything that passed goes up and is followed to its verdict.

One thread for each way up; any number of rounds may run at once, they share the work by row locks.
"""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from exchange.delivery.confirm import Confirmed, read_verdicts, wake_overlooked
from exchange.delivery.due import what_is_due
from exchange.delivery.invalidations import Followed, follow_invalidations
from exchange.delivery.resolve import find_abandoned, resolve_unknown
from exchange.delivery.send import Sent, Upstream, send_queued
from exchange.errors import TryLaterError
from exchange.judging.judge import judge_due
from exchange.ledger.seal import seal
from exchange.rounds.loop import now, repeat
from exchange.rounds.relief import Post
from exchange.rounds.sealing import keep_ledger
from exchange.rounds.watching import watch_until
from exchange.rounds.wiring import Exchange, opened
from exchange.settings import Settings

LOG = logging.getLogger(__name__)
HOLDS_EVERY = timedelta(seconds=2)


@dataclass(slots=True)
class DeliverySummary:
    """What a round came to, in versions; ``trouble`` is the last error of a way up.

    ``invalidated`` counts the invalidations whose verdict came without that of their new row.
    """

    sent: int = 0
    again: int = 0
    unknown: int = 0
    resolved: int = 0
    refused: int = 0
    dead: int = 0
    lost: int = 0
    confirmed: int = 0
    released: int = 0
    invalidated: int = 0
    trouble: str | None = None
    look_at_holds: datetime = field(default_factory=now)

    def to_json(self) -> dict[str, object]:
        """The summary as a JSON object."""
        return {name: value for name, value in asdict(self).items() if name != "look_at_holds"}


def deliver(
    settings: Settings,
    *,
    until: datetime,
    stop: threading.Event | None = None,
    post: str | None = None,
) -> dict[str, DeliverySummary]:
    """Send, ask and confirm until ``until``; the result is by way up.

    A way up that is down costs the others nothing; its rows wait with their retry ladder. With a
    ``post`` the round takes it over at once, and ends when the next round has done so.
    """
    stop = stop or threading.Event()
    with opened(settings, work="deliver") as exchange:
        versions = exchange.upstream_versions()
        summaries = {version: DeliverySummary() for version in versions}
        with ThreadPoolExecutor(max_workers=len(versions) + 3) as pool:
            pool.submit(watch_until, exchange, until=until, stop=stop)
            pool.submit(keep_ledger, exchange, until=until, stop=stop)
            for version in versions:
                pool.submit(_serve, exchange, version, summaries[version], until, stop)
            if post is not None:
                pool.submit(_until_relieved, Post(exchange.store, post), until, stop)
    return summaries


def _until_relieved(post: Post, until: datetime, stop: threading.Event) -> None:
    """Hold the post; end the round when the next one has taken it over."""
    while not stop.is_set() and now() < until:
        post.take()
        if post.is_relieved():
            stop.set()
        stop.wait(1)


def deliver_once(settings: Settings) -> dict[str, DeliverySummary]:
    """One pass over every way up: what is due now and nothing more."""
    with opened(settings, work="deliver") as exchange:
        summaries = {}
        for version in exchange.upstream_versions():
            summary = summaries[version] = DeliverySummary()
            upstream = exchange.upstream(version, now())
            try:
                while _pass(exchange, upstream, summary):
                    pass
            finally:
                upstream.target.close()
        seal(exchange.store, now=now())
    return summaries


def confirm_once(settings: Settings) -> dict[str, DeliverySummary]:
    """Read the verdicts that are due, over every way up; nothing is sent."""
    with opened(settings, work="confirm") as exchange:
        summaries = {}
        for version in exchange.upstream_versions():
            summary = summaries[version] = DeliverySummary()
            upstream = exchange.upstream(version, now())
            try:
                verdicts = read_verdicts(exchange.store, upstream, now=now())
                followed = follow_invalidations(exchange.store, upstream, now=now())
            finally:
                upstream.target.close()
            summary.invalidated = followed.settled
            summary.confirmed, summary.refused = verdicts.confirmed, verdicts.refused
            summary.lost = verdicts.lost
    return summaries


def _serve(
    exchange: Exchange,
    version: str,
    summary: DeliverySummary,
    until: datetime,
    stop: threading.Event,
) -> None:
    """Serve one way up; after an error open it anew and go on."""
    while not stop.is_set() and now() < until:
        try:
            upstream = exchange.upstream(version, now())
            try:
                repeat(lambda up=upstream: _pass(exchange, up, summary), until=until, stop=stop)  # type: ignore[misc]  # mypy cannot see the default's type
            finally:
                upstream.target.close()
        except TryLaterError as error:
            summary.trouble = str(error)
            LOG.warning("the way up for standard %s: %s", version, error)
            stop.wait(1)
        except Exception as error:
            summary.trouble = f"{type(error).__name__}: {error}"[:500]
            LOG.exception("the way up for standard %s broke and is opened anew", version)
            stop.wait(2)


def _pass(exchange: Exchange, upstream: Upstream, summary: DeliverySummary) -> int:
    """One pass; returns how many versions moved."""
    store = exchange.store
    due = what_is_due(store, upstream, now=now())
    abandoned = find_abandoned(store, upstream, now=now()) if due.abandoned else 0
    asks = due.unknown or abandoned
    resolved = resolve_unknown(store, upstream, now=now()) if asks else 0
    sent = send_queued(store, upstream, now=now()) if due.queued or resolved else Sent()
    verdicts = read_verdicts(store, upstream, now=now()) if due.sent else Confirmed()
    followed = Followed()
    if due.invalidations:
        followed = follow_invalidations(store, upstream, now=now())
    released, woken = 0, 0
    if now() >= summary.look_at_holds:
        summary.look_at_holds = now() + HOLDS_EVERY
        woken = wake_overlooked(store, upstream, now=now())
    if verdicts.confirmed or woken:
        judged = judge_due(store, exchange.rulesets, now=now())
        released = judged.passed
    summary.sent += sent.sent
    summary.again += sent.again
    summary.unknown += sent.unknown + abandoned
    summary.resolved += resolved
    summary.refused += sent.refused + verdicts.refused
    summary.dead += sent.dead
    summary.lost += verdicts.lost
    summary.confirmed += verdicts.confirmed
    summary.released += released
    summary.invalidated += followed.settled
    return (
        abandoned
        + resolved
        + sent.sent
        + sent.refused
        + sent.dead
        + verdicts.confirmed
        + verdicts.refused
        + followed.settled
    )
