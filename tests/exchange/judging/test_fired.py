"""How often rules fired: the stored outcomes, added up."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from exchange.judging.fired import fired
from tests.exchange.lives import RECEIPT, without_receipt
from tests.exchange.records import FLOW, World

pytestmark = pytest.mark.database

ZONE = ZoneInfo("Asia/Shanghai")


def test_outcomes_of_a_rule_over_all_runs(world: World) -> None:
    """Two runs, three records: the rule of the missing name fired twice, on one day, at a body."""
    flow = world.flow()
    world.land(FLOW, flow, flow | {"SPLCBM": "B", "SPLCMC": None})
    world.judge()
    world.land(FLOW, flow | {"SPLCBM": "C", "SPLCMC": None})
    world.judge()
    before, after = world.now - timedelta(hours=1), world.now + timedelta(hours=1)
    with world.store.transaction() as conn:
        found = fired(conn, [f"COM-001/{FLOW}.SPLCMC"], since=before, zone=ZONE)
        everything = fired(conn, [], since=before, zone=ZONE)
        later = fired(conn, [], since=after, zone=ZONE)
    (one,) = found
    assert (one.passed, one.failed, one.bodies) == (1, 2, 1)
    assert list(one.days.values()) == [2]
    assert one in everything
    assert {each.passed + each.failed + each.not_applicable + each.not_checked
            for each in everything} == {3}  # fmt: skip
    assert later == []


def test_a_rule_on_dossiers_fired_at_a_body(world: World) -> None:
    """A case without its receipt is counted with the body that reported it."""
    without_receipt(world)
    with world.store.transaction() as conn:
        (one,) = fired(conn, [RECEIPT], since=world.now - timedelta(days=1), zone=ZONE)
    assert (one.failed, one.bodies) == (1, 1)
