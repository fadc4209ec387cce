"""Pull one body: every table of its feeds, each page landed before the next is read.

A table that fails is recorded and the others go on; nothing that was landed is lost by it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.base import ConnectorError, Mark, RefusedError, Source, TryLaterError
from exchange.landing.land import Feed, Landed, land
from exchange.store.connection import Store
from exchange.store.queries import load

Q = load("landing")
ERROR_LENGTH = 500
REMEMBERED_FOR = timedelta(seconds=5)


@dataclass(slots=True)
class Pulled:
    """What one sweep over a body brought.

    ``errors`` are texts for people, by table; ``tables`` were read to their end, or the source said
    that nothing stirs in them. ``unfinished``: it was ended before everything was read.
    """

    read: int = 0
    new: int = 0
    oldest: datetime | None = None
    errors: dict[str, str] = field(default_factory=dict)
    tables: list[str] = field(default_factory=list)
    unfinished: bool = False

    def add(self, landed: Landed) -> None:
        """Count one page."""
        self.read += landed.read
        self.new += landed.new
        if landed.oldest and (self.oldest is None or landed.oldest < self.oldest):
            self.oldest = landed.oldest


@dataclass(slots=True)
class Reading:
    """What a puller remembers of its feeds for some seconds, so that a quiet sweep asks nothing.

    The store has the truth: marks moved by somebody else are seen when they are asked for again,
    and pages that were read from an old mark meanwhile are replays.
    """

    marks: dict[str, Mark | None] = field(default_factory=dict)
    asked_at: datetime | None = None
    failed: bool = False

    def is_fresh(self, now: datetime) -> bool:
        """Whether the store need not be asked, nor told that the tables are read."""
        since = None if self.asked_at is None else now - self.asked_at
        return since is not None and timedelta(0) <= since < REMEMBERED_FOR and not self.failed


def pull(
    store: Store,
    source: Source,
    feeds: Sequence[Feed],
    *,
    clock: Callable[[], datetime],
    on_landed: Callable[[int], None] | None = None,
    enough: Callable[[], bool] = lambda: False,
    reading: Reading | None = None,
) -> Pulled:
    """Read what is new in each feed (all of one body and standard) and land it page by page.

    ``on_landed`` is told after every page how many new versions it brought, so that they can be
    judged while the rest is read; ``enough`` is asked after every page and ends the pull when true:
    what is left is read by the next. A source that cannot be reached ends the sweep: no table that
    it had not yet read can be read now. A table that is refused does not end it. ``reading`` is
    what the sweep before left behind. Errors end up in the feed's row and in the result, never as
    an exception.
    """
    pulled = Pulled()
    reading = reading or Reading()
    tells = not reading.is_fresh(clock())
    if tells:
        reading.asked_at, reading.marks = clock(), _marks(store, feeds)
    stirred: set[str] | None = None
    for place, feed in enumerate(feeds):
        try:
            if stirred is None:
                tables = [one.table for one in feeds]
                stirred = {table.code for table in source.stirred(tables, reading.marks)}
            if feed.table.code in stirred and not _pull_feed(
                store, source, feed, reading, pulled, clock, on_landed, enough
            ):
                pulled.unfinished = True
                break
            pulled.tables.append(feed.table.code)
        except TryLaterError as error:
            pulled.errors[feed.table.code] = unreadable(store, feeds[place:], error)
            break
        except ConnectorError as error:
            pulled.errors[feed.table.code] = unreadable(store, [feed], error)
            if isinstance(error, RefusedError):
                _reject(store, feed, error)
    if tells:
        _heartbeat(store, feeds, pulled.tables)
    reading.failed = bool(pulled.errors)
    return pulled


def _marks(store: Store, feeds: Sequence[Feed]) -> dict[str, Mark | None]:
    """Where the reading of each table stands."""
    if not feeds:
        return {}
    found = store.execute(Q["feed_marks"], feeds[0].key())
    return {row["table_code"]: row["mark"] for row in found}


def _pull_feed(
    store: Store,
    source: Source,
    feed: Feed,
    reading: Reading,
    pulled: Pulled,
    clock: Callable[[], datetime],
    on_landed: Callable[[int], None] | None,
    enough: Callable[[], bool],
) -> bool:
    """Whether the table was read to its end."""
    mark = reading.marks.get(feed.table.code)
    for page in source.pages(feed.table, mark):
        if page.rows or page.gone or page.mark != mark:
            with store.transaction() as conn:
                landed = land(conn, feed, page, began_at=mark, now=clock())
            pulled.add(landed)
            if landed.new and on_landed:
                on_landed(landed.new)
        source.done(page)
        mark = page.mark if page.mark is not None else mark
        reading.marks[feed.table.code] = mark
        if enough():
            return False
    return True


def _heartbeat(store: Store, feeds: Sequence[Feed], tables: Sequence[str]) -> None:
    """Say that these tables were read to their end just now."""
    if tables:
        store.execute(Q["feeds_pulled"], feeds[0].key() | {"table_codes": list(tables)})


def unreadable(store: Store, feeds: Sequence[Feed], error: ConnectorError) -> str:
    """Keep that these tables (of one body and standard) cannot be read; returns why, for people."""
    text = str(error)[:ERROR_LENGTH]
    if feeds:
        failed = {"table_codes": [feed.table.code for feed in feeds], "error": text}
        store.execute(Q["feeds_failed"], {**feeds[0].key(), **failed})
    return text


def _reject(store: Store, feed: Feed, error: RefusedError) -> None:
    """Keep the refusal once an hour, so that a standing fault does not flood the list."""
    refusal = feed.key() | {
        "origin": "pull",
        "detail": error.row,
        "message": str(error)[:ERROR_LENGTH],
    }
    with store.transaction() as conn:
        if conn.execute(Q["known_rejection"], refusal).fetchone() is None:
            conn.execute(Q["insert_rejection"], refusal)
