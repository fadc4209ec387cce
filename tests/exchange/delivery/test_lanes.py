"""Fresh records go first, the backlog drains all the same, and its end is told from measurement."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.upstream import Limits
from exchange.delivery.lanes import SLOT_S, Lane, Promises, lanes_now
from exchange.judging.rulesets import Rulesets
from tests.exchange.delivery.province import Province, confirm, send
from tests.exchange.records import BODY, FLOW, PROJECT, World, body

pytestmark = pytest.mark.database
PROMISES = Promises(timedelta(minutes=5))
PARK = "420602-park"


@pytest.fixture(autouse=True)
def promised(province: Province) -> None:
    """All tests here know a promise of five minutes."""
    province.promises = PROMISES


def flows(world: World, names: str, count: int, of: str = BODY) -> None:
    """Land and judge so many flows; their codes begin with ``names``."""
    flow = world.flow()
    named = [f"{names}{number}" for number in range(count)]
    world.land(FLOW, *(flow | {"SPLCBM": name, "DFSJZJ": name} for name in named), body=of)
    assert world.judge().passed == count


def written(province: Province) -> list[str]:
    """What arrived above, by the first letter of its code, in order."""
    return [row["SPLCBM"][0] for row in province.rows(FLOW)]


def lane(world: World) -> Lane:
    """How the one way up stands."""
    with world.store.transaction() as conn:
        (found,) = lanes_now(conn, PROMISES, now=world.now)
    return found


def test_fresh_goes_first_and_the_backlog_keeps_its_share(world: World, province: Province) -> None:
    """After an outage of an hour each claim has all the fresh records and a part of the old."""
    flows(world, "old", 20)
    world.pass_time(hours=1)
    flows(world, "new", 3)
    send(world, province, limit=4)
    assert sorted(written(province)) == ["n", "n", "n", "o"]
    send(world, province, limit=4)
    assert written(province).count("o") == 5


@pytest.mark.parametrize("begins_s", [0, 4, 9])
def test_end_of_a_backlog_is_told_from_its_measured_rate(
    world: World, province: Province, begins_s: int
) -> None:
    """Two versions each two seconds and twenty left: twenty seconds more, whenever it began.

    Nothing is told while all stands.
    """
    flows(world, "old", 52)
    world.pass_time(hours=1)
    world.pass_time(seconds=(begins_s - world.now.timestamp()) % SLOT_S)
    for _ in range(16):
        assert send(world, province, limit=2).sent == 2
        world.pass_time(seconds=2)
    now = lane(world)
    assert (now.fresh, now.backlog, now.in_flight) == (0, 20, 32)
    assert now.per_second is not None
    assert now.eta_s == pytest.approx(20 / now.per_second)
    assert now.eta_s == pytest.approx(20, rel=0.1)
    world.pass_time(minutes=10)
    assert (lane(world).per_second, lane(world).eta_s) == (None, None)


@pytest.mark.parametrize("begins_s", [0, 5, 8])
def test_first_estimate_is_near(world: World, province: Province, begins_s: int) -> None:
    """After six seconds, when not one slot is full, it is a fifth beside the truth at most."""
    flows(world, "old", 28)
    world.pass_time(hours=1)
    world.pass_time(seconds=(begins_s - world.now.timestamp()) % SLOT_S)
    send(world, province, limit=2)
    world.pass_time(seconds=1)
    assert lane(world).eta_s is None
    for _ in range(5):
        send(world, province, limit=2)
        world.pass_time(seconds=1)
    assert lane(world).eta_s == pytest.approx(16 / 2, rel=0.21)


def test_what_waits_for_a_refused_parent_is_no_backlog(world: World, province: Province) -> None:
    """The platform above has nothing to do with it, and no end could be told."""
    flow = world.flow()
    world.land(FLOW, flow)
    world.land(PROJECT, world.project(flow))
    world.judge()
    assert world.states(PROJECT) == ["held"]
    world.pass_time(hours=1)
    assert (send(world, province).sent, lane(world).backlog) == (1, 1)
    province.answer(FLOW, 2, "上级记录不存在")
    confirm(world, province)
    assert (world.states(FLOW), world.states(PROJECT)) == (["returned"], ["held"])
    assert lane(world).backlog == 0


def test_parent_of_a_fresh_record_goes_before_all_else(world: World, province: Province) -> None:
    """A flow at the end of the backlog is sent first when a fresh project waits for it."""
    flows(world, "old", 10)
    world.pass_time(seconds=1)
    flow = world.flow() | {"SPLCBM": "parent", "DFSJZJ": "parent"}
    world.land(FLOW, flow)
    world.judge()
    world.pass_time(hours=1)
    world.land(PROJECT, world.project(flow))
    world.judge()
    assert world.states(PROJECT) == ["held"]
    send(world, province, limit=1)
    assert written(province) == ["p"]


def test_a_flood_of_one_body_does_not_stand_before_anothers_few(
    world: World, province: Province
) -> None:
    """Bodies take turns: the single record of a second body is in the first claim."""
    with world.store.transaction() as conn:
        conn.execute("insert into body values (%s, '园区', '{420602}', 'none')", (PARK,))
    world.rulesets = Rulesets({BODY: body(), PARK: body(PARK)})
    flows(world, "flood", 30)
    world.pass_time(seconds=1)
    flows(world, "single", 1, PARK)
    send(world, province, limit=4)
    assert written(province).count("s") == 1


def test_no_more_is_in_flight_than_allowed(world: World, province: Province) -> None:
    """With two unanswered versions above the third waits until one is answered."""
    province.limits = Limits(in_flight=2)
    flows(world, "new", 3)
    assert send(world, province).sent == 2
    assert send(world, province).sent == 0
    province.answer(FLOW)
    confirm(world, province)
    assert send(world, province).sent == 1
