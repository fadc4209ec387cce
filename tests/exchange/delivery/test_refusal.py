"""What a refusal above comes to: a case for the county, or a wait for the parent at fault."""

from __future__ import annotations

import pytest

from connectors.upstream import RefusalText
from tests.exchange.delivery.province import Province, confirm, passed, send
from tests.exchange.records import FLOW, PROJECT, Row, World

pytestmark = pytest.mark.database


def test_refusal_above_comes_back_as_a_case(world: World, province: Province) -> None:
    """A record refused upstream is returned with the reason, joins a case, and is a blind spot."""
    passed(world, world.flow())
    send(world, province)
    province.answer(FLOW, 2, "[104]代码不在字典中")
    assert confirm(world, province).refused == 1
    assert world.states(FLOW) == ["returned"]
    (finding,) = world.rows("select detail from finding where rule = 'UPS-001'")
    assert "[104]代码不在字典中" in finding["detail"]["message"]
    assert world.rows("select reason from blind_spot") == [{"reason": "[104]代码不在字典中"}]
    assert len(world.rows("select from rectification_item")) == 1


def test_refusal_because_of_the_parent_waits_and_goes_again(
    world: World, province: Province
) -> None:
    """Refused only because of its parent, a record is no case: it is judged and sent again."""
    province.refusals = (RefusalText("上级记录", "PRO-004", parent=True),)
    passed(world, world.flow())
    send(world, province)
    province.answer(FLOW, 2, "[201]上级记录不存在")
    confirm(world, province)
    assert world.states(FLOW) == ["held"]
    world.pass_time(seconds=10)
    world.judge()
    send(world, province)
    assert len(province.rows(FLOW)) == 2
    province.answer(FLOW)
    confirm(world, province)
    assert world.states(FLOW) == ["confirmed"]


def test_record_that_names_itself_as_its_parent_does_not_wait_for_it(
    world: World, province: Province
) -> None:
    """Refused for want of the parent that it is itself, it comes back at once, after one way up."""
    province.refusals = (RefusalText("上级记录", "PRO-004", parent=True),)
    flow = world.flow()
    passed(world, flow)
    send(world, province)
    province.answer(FLOW)
    confirm(world, province)
    project = world.project(flow)
    world.land(PROJECT, project | {"QJDGCDM": project["GCDM"]})
    assert world.judge().passed == 1
    send(world, province)
    province.answer(PROJECT, 2, "[201]上级记录不存在")
    assert confirm(world, province).refused == 1
    assert world.states(PROJECT) == ["returned"]
    assert len(province.rows(PROJECT)) == 1


@pytest.mark.parametrize("valid", ["1", "0"], ids=["correction", "withdrawal"])
def test_older_version_that_waited_does_not_follow_the_newer(
    world: World, province: Province, valid: str
) -> None:
    """Refused for want of its parent while the newer one was queued: only that takes effect."""
    province.refusals = (RefusalText("上级记录", "PRO-004", parent=True),)
    flow = world.flow()
    passed(world, flow)
    send(world, province)
    newer: Row = {"SPLCMC": "新名"} if valid == "1" else {"SJYXBS": "0", "SJWXYY": "撤回"}
    passed(world, flow | newer, at=1)
    province.answer(FLOW, 2, "[201]上级记录不存在")
    confirm(world, province)
    assert world.states(FLOW) == ["held", "queued"]
    send(world, province)
    province.answer(FLOW)
    confirm(world, province)
    world.pass_time(seconds=10)
    world.judge()
    assert send(world, province).sent == 0
    took_effect = [row for row in province.rows(FLOW) if row["SJSCZT"] != 2]
    if valid == "1":
        assert world.states(FLOW) == ["superseded", "confirmed"]
        assert [row["SPLCMC"] for row in took_effect] == ["新名"]
    else:
        assert world.states(FLOW) == ["withdrawn", "withdrawn"]
        assert took_effect == []
