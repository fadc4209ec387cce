"""The pulling round: sweep a shard of bodies until a time, each in its own rhythm, none waiting.

Each body is served by at most one thread at a time; a body that hangs keeps only its own thread.
What is landed is judged in the same thread: at the end of the sweep over the body, or sooner
where much came. What falls due by itself is asked for once a second for all bodies together.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from connectors.base import ConnectorError, Source
from connectors.county import Body
from exchange.errors import TryLaterError
from exchange.judging.judge import bodies_due, judge_due
from exchange.landing.land import Feed
from exchange.landing.pull import Pulled, Reading, pull, unreadable
from exchange.rounds.comparing import Allowance, compare_some
from exchange.rounds.loop import now
from exchange.rounds.relief import Post
from exchange.rounds.rhythm import budget_spent, interval, may_start
from exchange.rounds.wiring import Exchange, opened, register_bodies
from exchange.settings import Settings
from exchange.store.disk import Room, room
from exchange.store.queries import load

LOG = logging.getLogger(__name__)
LANDING = load("landing")
THREADS = 8
REST_S = 0.1
FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(seconds=30)
LAST_WORDS_S = 20
COMPARED_TOGETHER = 0.05
"""The part of a shard's time that comparing may take, however many bodies share it."""
JUDGED_WHILE_READING = 100
JUDGED_AFTER = timedelta(seconds=0.3)
"""So many new versions, or so old, are judged before the rest of the sweep is read."""
ASK_WHAT_IS_DUE = timedelta(seconds=1)
READY_AFTER = timedelta(seconds=20)
SLOW_WHEN_NEARLY_FULL = 10
"""How many times its rhythm a body waits while the disk is nearly full."""


@dataclass(slots=True)
class BodySummary:
    """What a round brought for one body; ``oldest_lag_s`` is how old its oldest new row was.

    ``missed`` are the new versions that only the comparing found.
    """

    sweeps: int = 0
    rows_read: int = 0
    rows_new: int = 0
    missed: int = 0
    passed: int = 0
    returned: int = 0
    held: int = 0
    oldest_lag_s: float | None = None
    errors: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The summary as a JSON object, for an asset event or a log line."""
        return {
            "sweeps": self.sweeps, "rows_read": self.rows_read, "rows_new": self.rows_new,
            "missed": self.missed,
            "passed": self.passed, "returned": self.returned, "held": self.held,
            "oldest_lag_s": self.oldest_lag_s, "errors": dict(self.errors),
        }  # fmt: skip


@dataclass(slots=True)
class _Served:
    """A body of the shard while the round runs."""

    body: Body
    feeds: dict[str, list[Feed]]
    due: datetime
    pause: timedelta
    allowance: Allowance
    summary: BodySummary = field(default_factory=BodySummary)
    sources: dict[str, Source] = field(default_factory=dict)
    readings: dict[str, Reading] = field(default_factory=dict)
    running: Future[None] | None = None
    last_new: datetime | None = None
    unjudged: int = 0
    unjudged_since: datetime | None = None
    to_judge: bool = False
    well: bool = True

    @property
    def in_trouble(self) -> bool:
        """Whether its last sweep failed."""
        return self.pause > FIRST_PAUSE


def pull_shard(
    settings: Settings,
    bodies: Sequence[str],
    *,
    until: datetime,
    stop: threading.Event | None = None,
    once: bool = False,
    post: str | None = None,
) -> dict[str, BodySummary]:
    """Pull, land and judge these bodies until ``until`` (``once``: a single sweep of each).

    With a ``post`` the round takes it over as soon as it has swept its bodies, and ends when the
    next round has done so.

    Raises StopError for a body that no county file names, and TryLaterError when the store cannot
    be reached at the start. A body's own failure is in its summary and in the store, and it is
    tried again after a pause that grows to half a minute; the others never notice.
    """
    stop = stop or threading.Event()
    with opened(settings, work="pull") as exchange:
        register_bodies(exchange)
        began = now()
        with exchange.store.transaction() as conn:
            found = conn.execute(LANDING["last_landed"], {"bodies": list(bodies)})
            last = {row["body"]: row["landed_at"] for row in found}
        served = [
            _Served(
                body,
                exchange.feeds(body),
                began,
                FIRST_PAUSE,
                Allowance(min(body.compare_share, COMPARED_TOGETHER / len(bodies))),
                last_new=last.get(body.code),
            )
            for body in map(exchange.bodies.__getitem__, bodies)
        ]
        threads = min(THREADS, max(1, len(served)))
        pool = ThreadPoolExecutor(max_workers=threads)
        try:
            ask_at = began
            here = Post(exchange.store, post)
            while not stop.is_set() and now() < until and not here.is_relieved():
                if _is_at_work(served, began):
                    here.take()
                if now() >= ask_at:
                    _ask_what_is_due(exchange, served)
                    ask_at = now() + ASK_WHAT_IS_DUE
                started = _start_due(exchange, pool, served, threads, patient=once)
                if once and not started and all(one.running is None for one in served):
                    break
                if once:
                    _never_again(served)
                stop.wait(REST_S)
            _wait(served)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for one in served:
                _close(one)
    return {one.body.code: one.summary for one in served}


def _is_at_work(served: Sequence[_Served], began: datetime) -> bool:
    """Whether every body was looked at, or had its time: a body that hangs keeps nobody."""
    return now() - began > READY_AFTER or all(one.summary.sweeps for one in served)


def _ask_what_is_due(exchange: Exchange, served: Sequence[_Served]) -> None:
    """Which bodies have versions to judge that no sweep has just brought: held ones, tried anew."""
    try:
        due = bodies_due(exchange.store, [one.body.code for one in served], now=now())
    except TryLaterError as error:
        LOG.warning("what is due could not be asked: %s", error)
        return
    for one in served:
        one.to_judge = one.to_judge or one.body.code in due


def _start_due(
    exchange: Exchange,
    pool: ThreadPoolExecutor,
    served: list[_Served],
    threads: int,
    *,
    patient: bool,
) -> int:
    """Start the bodies that are due; ``patient``: each may read on however many others wait."""
    started = 0
    moment = now()
    troubled = sum(one.in_trouble and _runs(one) for one in served)
    space = room(exchange.settings.state, exchange.settings.disk_free_mb)
    for one in served:
        if one.running is not None and one.running.done():
            one.running = None
        if space.state == "stop":
            _no_room(one, space)
            continue
        one.summary.errors.pop("disk", None)
        if one.running is None and one.due <= moment:
            if not may_start(
                in_trouble=one.in_trouble, running_in_trouble=troubled, threads=threads
            ):
                continue
            troubled += one.in_trouble
            slower = SLOW_WHEN_NEARLY_FULL if space.state == "slow" else 1
            quiet = None if one.last_new is None else moment - one.last_new
            one.due = moment + slower * interval(one.body.every, quiet)
            one.running = pool.submit(_sweep, exchange, one, () if patient else served)
            started += 1
    return started


def _runs(one: _Served) -> bool:
    return one.running is not None and not one.running.done()


def _no_room(one: _Served, space: Room) -> None:
    """Nothing is read while the disk is nearly full: what is at the sources is safe there."""
    if "disk" not in one.summary.errors:
        LOG.error("%s: %s", one.body.code, space)
        one.summary.errors["disk"] = str(space)


def _never_again(served: list[_Served]) -> None:
    for one in served:
        one.due = datetime.max.replace(tzinfo=one.due.tzinfo)


def _wait(served: list[_Served]) -> None:
    """Give sweeps under way a moment to end; what they have not landed is read again next time."""
    ends = now() + timedelta(seconds=LAST_WORDS_S)
    for one in served:
        if one.running is not None:
            try:
                one.running.result(timeout=max(0.0, (ends - now()).total_seconds()))
            except TimeoutError:
                one.summary.errors["*"] = "a sweep was still running when the round ended"


def _sweep(exchange: Exchange, one: _Served, others: Sequence[_Served]) -> None:
    """One sweep over one body; every failure ends here, in the summary."""
    began = now()

    def enough() -> bool:
        """Others wait for a thread, and this body has had its share."""
        return budget_spent(began, now(), others_wait=any(map(_waits, others)))

    one.well = True
    with _survived(one):
        _pull_all(exchange, one, enough)
    # What had landed before the source failed is judged all the same.
    if one.unjudged or one.to_judge:
        with _survived(one):
            _judge(exchange, one)
    one.summary.sweeps += 1
    if one.well:
        one.pause = FIRST_PAUSE
    else:
        _close(one)
        one.due = max(one.due, now() + one.pause)
        one.pause = min(one.pause * 2, LONGEST_PAUSE)


@contextmanager
def _survived(one: _Served) -> Iterator[None]:
    """Every failure ends here, in the summary; the sweep did not go well then."""
    try:
        yield
    except (ConnectorError, TryLaterError) as error:
        _went_wrong(one, error)
    except Exception as error:
        one.well = False
        one.summary.errors["*"] = f"{type(error).__name__}: {error}"[:500]
        LOG.exception("a sweep over %s broke; the next will try again", one.body.code)


def _went_wrong(one: _Served, error: Exception) -> None:
    one.well = False
    one.summary.errors["*"] = str(error)
    LOG.warning("%s: %s", one.body.code, error)


def _waits(one: _Served) -> bool:
    """Whether it is due and no thread has taken it up yet."""
    return one.running is not None and not one.running.running() and not one.running.done()


def _pull_all(exchange: Exchange, one: _Served, enough: Callable[[], bool]) -> None:
    def landed(new: int) -> None:
        one.unjudged += new
        one.unjudged_since = one.unjudged_since or now()
        if one.unjudged >= JUDGED_WHILE_READING or now() - one.unjudged_since >= JUDGED_AFTER:
            _judge(exchange, one)

    for version, feeds in one.feeds.items():
        try:
            source = _source(exchange, one, version)
        except ConnectorError as failure:
            unreadable(exchange.store, feeds, failure)
            _went_wrong(one, failure)
            continue
        pulled = pull(
            exchange.store,
            source,
            feeds,
            clock=now,
            on_landed=landed,
            enough=enough,
            reading=one.readings[version],
        )
        _add(one.summary, pulled)
        if pulled.new:
            one.last_new = now()
        if pulled.unfinished:
            one.due = now()
            break
        for table, error in pulled.errors.items():
            LOG.warning("%s %s: %s", one.body.code, table, error)
        if pulled.errors:
            one.well = False
        else:
            _compare(exchange, one, source, feeds, landed)


def _source(exchange: Exchange, one: _Served, version: str) -> Source:
    """The source of one version of the standard, looked at before it is first read."""
    source = one.sources.get(version)
    if source is None:
        source = one.sources[version] = exchange.source(one.body, version)
        one.readings[version] = Reading()
        for warning in source.check():
            one.summary.errors[f"check/{version}"] = warning
    return source


def _compare(
    exchange: Exchange,
    one: _Served,
    source: Source,
    feeds: list[Feed],
    on_landed: Callable[[int], None],
) -> None:
    """A little of the comparing that runs all day; what it lands is judged as the rest is."""
    swept = compare_some(exchange, source, feeds, one.allowance, now=now(), on_landed=on_landed)
    one.summary.rows_new += swept.missed
    one.summary.missed += swept.missed
    if swept.missed or swept.vanished:
        LOG.warning(
            "%s: comparing found %d versions that the pull had missed, %d records vanished",
            one.body.code, swept.missed, swept.vanished,
        )  # fmt: skip


def _judge(exchange: Exchange, one: _Served) -> None:
    one.to_judge = False
    one.unjudged, one.unjudged_since = 0, None
    more = True
    while more:
        judged = judge_due(exchange.store, exchange.rulesets, now=now(), bodies=[one.body.code])
        one.summary.passed += judged.passed
        one.summary.returned += judged.failed
        one.summary.held += judged.held
        for error in judged.errors:
            one.summary.errors["rule"] = error
            LOG.error("judging %s: %s", one.body.code, error)
        more = judged.more


def _add(summary: BodySummary, pulled: Pulled) -> None:
    summary.rows_read += pulled.read
    summary.rows_new += pulled.new
    summary.errors.update(pulled.errors)
    if pulled.oldest is not None:
        lag = (now() - pulled.oldest).total_seconds()
        summary.oldest_lag_s = (
            lag if summary.oldest_lag_s is None else max(summary.oldest_lag_s, lag)
        )


def _close(one: _Served) -> None:
    for source in one.sources.values():
        try:
            source.close()
        except Exception as error:  # noqa: BLE001  a source that cannot close is gone anyway
            one.summary.errors["close"] = str(error)
    one.sources.clear()
