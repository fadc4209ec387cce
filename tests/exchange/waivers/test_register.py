"""The register of waivers: effect in the pipeline, expiry, revocation, and a name for each step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from exchange.waivers.register import (
    Added,
    NoSuchWaiverError,
    Request,
    WaiverRefusedError,
    add,
    listed,
    revoke,
)
from tests.exchange.records import BODY, FLOW, World

pytestmark = pytest.mark.database
RULE = "COM-001/SPGL_SPLCXXB.SPLCMC"
"""The rule that a flow without name fails."""


def today(world: World) -> date:
    """The day of the world's clock."""
    return world.now.date()


def waive(
    world: World, given: Mapping[str, str] | None = None, *, until: date | None = None
) -> Added:
    """A waiver of the rule on the flow's name."""
    facts = {"body": BODY, "rule": RULE, "reason": "系统升级", "signer": "张主任"}
    facts |= given or {}
    request = Request(**facts, from_day=today(world), until_day=until or today(world))
    with world.store.transaction() as conn:
        return add(conn, request, rules={RULE}, who="lisi", now=world.now)


def test_waiver_frees_what_its_rule_sent_back(world: World) -> None:
    """The returned record is judged again and goes up; its finding says who excused it."""
    world.land(FLOW, world.flow() | {"SPLCMC": None})
    world.judge()
    assert world.states(FLOW) == ["returned"]
    assert waive(world).judged_again == 1
    assert world.judge().passed == 1
    assert world.states(FLOW) == ["queued"]
    (row,) = world.rows("select consequence, detail from finding order by id desc limit 1")
    assert row["consequence"] == "advice"
    assert row["detail"]["waived"]["signer"] == "张主任"
    assert "【豁免：张主任签批" in row["detail"]["message"]


def test_expired_waiver_stops_by_itself(world: World) -> None:
    """The day after its last one the same fault sends a record back again."""
    waive(world)
    world.land(FLOW, world.flow() | {"SPLCMC": None})
    assert world.judge().passed == 1
    world.pass_time(days=1)
    world.land(FLOW, world.flow() | {"SPLCMC": None, "SPLCBM": "LC-2"})
    assert world.judge().failed == 1


def test_revoked_waiver_holds_no_longer(world: World) -> None:
    """Revoking ends it at once, once, and leaves it in the list."""
    number = waive(world, until=today(world) + timedelta(days=9)).number
    with world.store.transaction() as conn:
        revoke(conn, number, who="lisi", now=world.now)
    world.land(FLOW, world.flow() | {"SPLCMC": None})
    assert world.judge().failed == 1
    with world.store.transaction() as conn:
        assert listed(conn, body=None, today=today(world), everything=False) == []
        (row,) = listed(conn, body=BODY, today=today(world), everything=True)
    assert (row["state"], row["revoked_by"]) == ("revoked", "lisi")
    with world.store.transaction() as conn, pytest.raises(NoSuchWaiverError):
        revoke(conn, number, who="lisi", now=world.now)


def test_every_step_is_audited(world: World) -> None:
    """Who did what to which waiver is written down with its facts."""
    number = waive(world).number
    with world.store.transaction() as conn:
        revoke(conn, number, who="wangwu", now=world.now)
    rows = world.rows("select who, did, object, detail from audit order by id")
    assert [(row["who"], row["did"]) for row in rows] == [
        ("lisi", "waivers add"),
        ("wangwu", "waivers revoke"),
    ]
    assert {row["object"] for row in rows} == {f"waiver {number}"}
    assert rows[0]["detail"]["signer"] == "张主任"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"rule": "NO-1/x"}, "no rule"),
        ({"body": "000000"}, "no body"),
        ({"reason": " "}, "a reason"),
        ({"signer": ""}, "a signer"),
    ],
)
def test_waiver_that_says_too_little_is_refused(
    world: World, given: dict[str, str], told: str
) -> None:
    """Without a real rule, a body, a reason and a signer there is no waiver."""
    with pytest.raises(WaiverRefusedError, match=told):
        waive(world, given)


def test_waiver_ends_after_it_begins(world: World) -> None:
    """A waiver that is over before it begins is a slip of the pen."""
    with pytest.raises(WaiverRefusedError, match="before it begins"):
        waive(world, until=today(world) - timedelta(days=1))
