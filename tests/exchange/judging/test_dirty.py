"""A flood of failing records from one body costs the others nothing, and nothing of it is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest

from exchange.judging.judge import judge_due
from exchange.judging.rulesets import Rulesets
from exchange.ledger.balance import balance
from exchange.store.connection import Store
from exchange.store.queries import load
from schemas.policy import DirtyFlood, Policy
from tests.exchange.records import BODY, FLOW, World, body
from tests.stores import ExchangeStore

pytestmark = pytest.mark.database
PARK = "420602-park"
FLOOD = DirtyFlood(share=0.5, records=4, window_s=60, pause_s=15, trial=4)


class Strict(Rulesets):
    """The real rulesets with a policy that calls four failures a flood."""

    def policy(self, body: str, now: datetime) -> Policy:
        """The body's policy with a smaller flood."""
        return replace(super().policy(body, now), dirty_flood=FLOOD)


@pytest.fixture
def world(exchange_store: ExchangeStore) -> Iterator[World]:
    """A store with two bodies."""
    store = Store(exchange_store.app_dsn, by="test")
    with store.transaction() as conn:
        for code in (BODY, PARK):
            conn.execute("insert into body values (%s, '测试', '{420602}', 'none')", (code,))
    yield World(store, Strict({BODY: body(), PARK: body(PARK)}))
    with store.transaction() as conn:
        assert balance(conn).unaccounted == 0
    store.close()


def land(world: World, names: str, count: int, *, of: str = BODY, dirty: bool = False) -> None:
    """Land so many flows; dirty ones say nothing sensible about their validity."""
    flow = world.flow() | ({"SJYXBS": "7"} if dirty else {})
    named = [f"{names}{number}" for number in range(count)]
    world.land(FLOW, *(flow | {"SPLCBM": name, "DFSJZJ": name} for name in named), body=of)


def aside(world: World) -> list[str]:
    """The bodies that are put aside."""
    with world.store.transaction() as conn:
        return [row["body"] for row in conn.execute(load("dirty")["dirty_now"], {"now": world.now})]


def test_flood_is_put_aside_and_the_others_are_served(world: World) -> None:
    """After four failures the rest of the flood waits; another body's record is judged at once."""
    land(world, "a", 4, dirty=True)
    assert world.judge().failed == 4
    assert aside(world) == [BODY]
    land(world, "b", 20, dirty=True)
    land(world, "p", 1, of=PARK)
    judged = world.judge()
    assert (judged.passed, judged.failed) == (1, 0)
    assert world.states(FLOW).count("landed") == 20


def test_it_is_tried_in_small_groups_and_reopens_by_itself(world: World) -> None:
    """A dirty group keeps it aside, once its newest records are good again all of it is judged."""
    land(world, "a", 4, dirty=True)
    world.judge()
    land(world, "b", 20, dirty=True)
    world.pass_time(seconds=15)
    assert world.judge().failed == 4
    assert world.judge().records == 0
    world.pass_time(seconds=15)
    assert world.judge().failed == 4
    world.pass_time(seconds=1)
    land(world, "c", 12)
    for _ in range(20):
        world.pass_time(seconds=15)
        while world.judge().records:
            pass
    assert aside(world) == []
    assert world.states(FLOW).count("landed") == 0
    assert world.states(FLOW).count("queued") == 12


def test_one_worker_tries_at_a_time(world: World) -> None:
    """While one worker has the trial group the next passes the body by."""
    land(world, "a", 4, dirty=True)
    world.judge()
    land(world, "b", 20, dirty=True)
    world.pass_time(seconds=15)
    with world.store.transaction() as conn:
        assert conn.execute(
            load("dirty")["due_trial"], {"now": world.now, "bodies": None}
        ).fetchone()
        assert judge_due(world.store, world.rulesets, now=world.now).records == 0


def test_few_failures_among_many_good_records_are_no_flood(world: World) -> None:
    """Four failures beside twenty good records are below the share: nobody is put aside."""
    land(world, "g", 20)
    land(world, "a", 4, dirty=True)
    judged = world.judge()
    assert (judged.passed, judged.failed, aside(world)) == (20, 4, [])
