"""Whose minutes they were: hop by hop, by one clock, judged by the clock of the body's policy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from exchange.ledger.clocks import BodyClock, body_clocks, record_clocks
from exchange.store.connection import Conn, Store
from schemas.policy import Clock
from tests.stores import ExchangeStore

pytestmark = pytest.mark.database
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
EVENT = Clock("event", 300, "7", is_default=False)
PERIOD = Clock("push_period", 1800, "6", is_default=True)
INSERT = """
insert into version (body, standard, table_code, table_order, record_key, revision, content_hash,
    valid, batch_id, place, raw, state, state_reason, occurred_at, committed_at, pulled_at,
    judged_at, sent_at)
select '420602', '3.0', 'T', 1, %(key)s, 1, '', true, b.id, '', '{}', 'landed', '收讫',
    %(occurred)s, %(committed)s, %(pulled)s, %(pulled)s, %(pulled)s
from batch b where b.clock_offset_s is not distinct from %(offset)s
"""


def story(conn: Conn, key: str, *, age: float, offset: float | None = None, **hops: float) -> None:
    """A record whose row stood in the source ``age`` seconds ago, and the hops after that."""
    committed = NOW - timedelta(seconds=age)
    pulled = committed + timedelta(seconds=hops.get("pull", 0))
    shift = timedelta(seconds=offset or 0)
    conn.execute(
        INSERT,
        {
            "key": key, "offset": offset, "committed": committed + shift, "pulled": pulled,
            "occurred": committed + shift - timedelta(seconds=hops.get("entry", 0)),
        },
    )  # fmt: skip
    if "confirm" in hops:
        for state in ("queued", "sending", "sent", "confirmed"):
            conn.execute(
                "update version set state = %s, sent_at = %s, confirmed_at = %s"
                " where record_key = %s",
                (state, pulled, pulled + timedelta(seconds=hops["confirm"]), key),
            )


@pytest.fixture
def conn(exchange_store: ExchangeStore) -> Iterator[Conn]:
    """A body that was connected a day ago, with batches of two clocks."""
    store = Store(exchange_store.owner_dsn, by="test")
    with closing(store), store.transaction() as conn:
        conn.execute("insert into body values ('420602', '测试县', '{}', 'none')")
        for offset in (None, 600.0):
            conn.execute(
                "insert into batch (body, standard, table_code, origin, landed_at, clock_offset_s,"
                " rows_read, rows_new, rows_replayed, content_hash)"
                " values ('420602', '3.0', 'T', 't', %s, %s, 0, 0, 0, '')",
                (NOW - timedelta(days=1), offset),
            )
        yield conn


def clock(conn: Conn, of: Clock) -> BodyClock:
    """The body's clock now."""
    (found,) = body_clocks(conn, {"420602": of}, since=NOW - timedelta(hours=2), now=NOW)
    return found


def test_hops_are_told_apart_and_the_slowest_is_named(conn: Conn) -> None:
    """Ten seconds to pull, four minutes above: in time, and the platform above used the most."""
    story(conn, "a", age=600, pull=10, confirm=240)
    found = clock(conn, EVENT)
    assert (found.confirmed, found.in_time, found.late, found.kept) == (1, 1, 0, True)
    middles = {hop: middle for hop, (middle, _) in found.hops.items()}
    assert (middles["pull"], middles["confirm"], found.slowest) == (10, 240, "confirm")


def test_a_clock_ten_minutes_ahead_is_set_right(conn: Conn) -> None:
    """What its own stamps would call minus ten minutes is the ten seconds it was."""
    story(conn, "a", age=600, offset=600.0, pull=10, confirm=5)
    assert clock(conn, EVENT).hops["pull"] == (10, 10)


def test_what_stays_negative_is_counted_and_not_clipped(conn: Conn) -> None:
    """An event after its own pull is skewed: in no percentile, but with its sign in the record."""
    story(conn, "a", age=600, pull=-60, confirm=5)
    found = clock(conn, EVENT)
    assert (found.skewed, found.in_time, found.late, found.p50) == (1, 0, 0, None)
    (record,) = record_clocks(conn, since=NOW - timedelta(hours=2))
    assert record["pull"] == -60


def test_rows_from_the_future_tell_how_fast_the_writers_clock_is(conn: Conn) -> None:
    """The server's clock is right, the rows are stamped elsewhere: three say so, one is a slip."""
    story(conn, "a", age=600, pull=-590, confirm=5)
    assert clock(conn, EVENT).ahead_s is None
    story(conn, "b", age=500, pull=-600, confirm=5)
    story(conn, "c", age=400, pull=-610, confirm=5)
    assert clock(conn, EVENT).ahead_s == 600


def test_open_record_from_the_future_is_as_old_as_its_pull(conn: Conn) -> None:
    """A clock ten minutes fast does not hide for ten minutes that a record is stuck."""
    story(conn, "a", age=-200, pull=-600)
    story(conn, "b", age=-210, pull=-600)
    found = clock(conn, EVENT)
    assert (found.oldest_s, found.overdue, found.kept) == (400, 2, False)


def test_what_waits_for_a_platform_that_is_away_is_not_our_time(conn: Conn) -> None:
    """The record stands in our queue, but it is the platform above that does not take it."""
    story(conn, "a", age=600)
    conn.execute("update version set state = 'queued', next_try_at = %s", (NOW,))
    assert clock(conn, EVENT).owner == "市级平台"
    conn.execute("insert into upstream (name, open_until) values ('420000/3.0', %s)", (NOW,))
    found = clock(conn, EVENT)
    assert (found.slowest, found.owner) == ("send", "上级平台")


def test_push_period_counts_from_the_source_and_allows_its_period(conn: Conn) -> None:
    """An event an hour before its row: late by the event's clock, in time by the push period's."""
    story(conn, "a", age=1000, entry=3600, confirm=600)
    assert (clock(conn, EVENT).late, clock(conn, PERIOD).in_time) == (1, 1)


def test_open_record_breaks_the_promise_when_its_time_is_over(conn: Conn) -> None:
    """Ten minutes on the way: broken with five minutes allowed, kept within a period of thirty."""
    story(conn, "a", age=600)
    by_event, by_period = clock(conn, EVENT), clock(conn, PERIOD)
    assert (by_event.kept, by_event.overdue, by_event.oldest_s) == (False, 1, 600)
    assert by_event.slowest == "judge"
    assert by_period.kept
