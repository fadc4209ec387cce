"""Rows that are being sent are locked by the one who sends them."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from connectors.base import Outgoing, SendResult
from connectors.provincial_database import ProvincialDatabase
from exchange.delivery import send
from exchange.delivery.resolve import find_abandoned, resolve_unknown
from exchange.delivery.send import Sent, hold, send_queued
from exchange.store.connection import Conn
from schemas import Table
from tests.exchange.delivery.province import Province, passed
from tests.exchange.records import FLOW, World
from tests.stores import ExchangeStore

pytestmark = pytest.mark.database
HELD_S = 0.3


@pytest.fixture
def claimed(world: World) -> list[dict[str, int]]:
    """Two versions between the two transactions of a sender, as it has claimed them."""
    flow = world.flow()
    world.land(FLOW, flow, flow | {"SPLCBM": "LC2", "DFSJZJ": "2"})
    world.judge()
    with world.store.transaction() as conn:
        return conn.execute(
            "update version set state = 'sending', attempt = 1, next_try_at = null"
            " where state = 'queued' returning id, 0 as attempt"
        ).fetchall()


def test_a_lock_of_a_moment_strands_nothing(
    world: World, claimed: list[dict[str, int]], exchange_store: ExchangeStore
) -> None:
    """Another worker looked at one of the rows: it is held all the same, as soon as it is free."""
    taken = threading.Event()

    def look() -> None:
        with psycopg.connect(exchange_store.app_dsn) as conn:
            conn.execute("select from version where id = %s for no key update", [claimed[0]["id"]])
            taken.set()
            time.sleep(HELD_S)

    other = threading.Thread(target=look)
    other.start()
    taken.wait()
    with world.store.transaction() as conn:
        assert hold(conn, claimed) == claimed
    other.join()


def test_what_was_taken_over_is_not_ours(world: World, claimed: list[dict[str, int]]) -> None:
    """A row that another worker has sent meanwhile, or is sending again, is left alone."""
    first, second = claimed
    with world.store.transaction() as conn:
        conn.execute("update version set attempt = 2 where id = %s", [first["id"]])
        assert hold(conn, claimed) == [second]


@pytest.mark.parametrize("settled", [True, False], ids=["others-have-sent-it", "others-ask-for-it"])
def test_a_sender_that_stalls_before_it_sends_leaves_its_rows_to_others(
    world: World, province: Province, monkeypatch: pytest.MonkeyPatch, settled: bool
) -> None:
    """Between its two transactions a live sender looks dead after a while: its rows go up once."""
    passed(world, world.flow())
    up = province.upstream()
    later = world.now + timedelta(days=365 * 100)

    def stall(conn: Conn, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        monkeypatch.undo()
        assert find_abandoned(world.store, up, now=later) == 1
        if settled:
            assert resolve_unknown(world.store, up, now=later) == 1
            assert send_queued(world.store, up, now=later).sent == 1
        return hold(conn, rows)

    monkeypatch.setattr(send, "hold", stall)
    assert send_queued(world.store, province.upstream(), now=world.now) == Sent()
    assert world.states(FLOW) == ["sent" if settled else "unknown"]
    resolve_unknown(world.store, up, now=later)
    send_queued(world.store, up, now=later)
    assert world.states(FLOW) == ["sent"]
    assert len(province.rows(FLOW)) == 1


def test_a_sender_that_is_slow_while_it_sends_is_not_taken_for_dead(
    world: World, province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the platform takes: its locks tell that it lives, nobody asks for its rows."""
    passed(world, world.flow())
    up, theirs = province.upstream(), province.upstream()
    taken: list[int] = []
    write = ProvincialDatabase.send

    def slow(
        self: ProvincialDatabase, table: Table, rows: Sequence[Outgoing], **holds: Any
    ) -> list[SendResult]:
        later = world.now + timedelta(days=365 * 100)
        taken.append(find_abandoned(world.store, theirs, now=later))
        return write(self, table, rows, **holds)

    monkeypatch.setattr(ProvincialDatabase, "send", slow)
    assert send_queued(world.store, up, now=world.now).sent == 1
    assert (taken, len(province.rows(FLOW))) == ([0], 1)
