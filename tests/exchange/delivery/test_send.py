"""Rows that are being sent are locked by the one who sends them."""

from __future__ import annotations

import threading
import time

import psycopg
import pytest

from exchange.delivery.send import hold
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
