"""Dossiers in the store: judged when they have settled, findings closed when nothing is missing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from exchange.judging.dossiers import Reviewed
from exchange.ledger.journey import journeys
from exchange.notices.chase import chase
from exchange.waivers.register import Added, Request, add, revoke
from schemas.sample.life.tale import Event
from tests.exchange.lives import RECEIPT, SETTLE, land, life, receipt_of, review, without_receipt
from tests.exchange.records import BODY, World
from validators.dossier.dossier import CASE, STEPS

pytestmark = pytest.mark.database


def confirm_all(world: World) -> None:
    """The platform above takes everything that waits."""
    moves = (("held", "queued"), ("queued", "sending"), ("sending", "sent"), ("sent", "confirmed"))
    for before, after in moves:
        with world.store.transaction() as conn:
            conn.execute(
                "update version set state = %s, state_reason = 'test', judge_after = null"
                " where state = %s",
                (after, before),
            )


def test_nothing_is_said_before_the_dossier_has_settled(world: World) -> None:
    """Rows come one by one: what is incomplete now is no finding yet."""
    events = life(world)
    land(world, [event for event in events if event is not receipt_of(events)])
    assert review(world) == Reviewed()
    assert not world.rows("select from dossier_finding")


def test_complete_life_has_nothing_to_mend(world: World) -> None:
    """A project with all its rows gives no finding to mend; every rule's counts add up."""
    land(world, life(world))
    world.pass_time(seconds=SETTLE)
    reviewed = review(world)
    assert reviewed.errors == []
    assert reviewed.dossiers == 3  # the project, its code, its area
    assert not world.rows("select from dossier_finding where consequence = 'rectify'")
    assert not world.rows("select from rectification")
    outcomes: dict[str, int] = {}
    for run in world.rows("select outcomes from dossier_review"):
        for rule, (passed, failed, beside, unchecked) in run["outcomes"].items():
            total = passed + failed + beside + sum(unchecked.values())
            outcomes[rule] = outcomes.get(rule, 0) + total
    cases = world.rows("select from version where table_code = %s", CASE)
    assert outcomes[RECEIPT] == len(cases) > 1
    assert outcomes["PRJ-026/finished_project_not_reported"] == 1


def test_missing_step_becomes_an_item_and_is_closed_when_it_is_confirmed(world: World) -> None:
    """The missing receipt is named; the item stays until the step is confirmed upstream."""
    events = life(world)
    missing = receipt_of(events)
    land(world, [event for event in events if event is not missing])
    world.pass_time(seconds=SETTLE)
    assert review(world).opened >= 1
    (found,) = world.rows(
        "select o.closed_at, f.detail, v.raw ->> 'SPSXSLBM' as number, f.consequence"
        " from dossier_finding o join finding f on f.id = o.finding_id"
        " join version v on v.id = o.version_id where o.rule = %s", RECEIPT,
    )  # fmt: skip
    assert found["number"] == missing.record["SPSXSLBM"]
    assert found["consequence"] == "rectify"
    assert missing.record["SPSXSLBM"] in found["detail"]["message"]
    (item,) = world.rows("select table_code, resolved_at from rectification_item")
    assert item == {"table_code": CASE, "resolved_at": None}

    land(world, [missing])
    world.pass_time(seconds=SETTLE)
    review(world)
    (still,) = world.rows("select resolved_at from rectification_item")
    assert still["resolved_at"] is None  # it has come, but is not confirmed upstream

    confirm_all(world)
    world.pass_time(seconds=SETTLE)
    review(world)
    (closed,) = world.rows("select closed_why from dossier_finding where rule = %s", RECEIPT)
    assert closed["closed_why"]
    (item,) = world.rows("select resolution, resolved_by from rectification_item")
    assert item["resolution"] == "completed"
    (behind,) = world.rows("select state from version where id = %s", item["resolved_by"])
    assert behind["state"] == "confirmed"


def waive(world: World, first: int = 0, last: int = 30) -> Added:
    """The body is excused from the rule on receipts between these days from today."""
    day = world.now.date()
    waiver = Request(
        BODY, RECEIPT, "系统升级", "张主任", day + timedelta(first), day + timedelta(last)
    )
    with world.store.transaction() as conn:
        return add(conn, waiver, rules={RECEIPT}, who="李四", now=world.now)


def standing(world: World) -> list[str]:
    """The consequences of what stands because of the missing receipt."""
    found = world.rows(
        "select consequence from dossier_finding where rule = %s and closed_at is null", RECEIPT
    )
    return [row["consequence"] for row in found]


def items_of(world: World, case: Event) -> list[dict[str, Any]]:
    """What the body is asked to mend on this case."""
    return world.rows(
        "select i.resolved_at from rectification_item i join version v on v.id = i.version_id"
        " where v.raw ->> 'SPSXSLBM' = %s and v.table_code = %s",
        case.record["SPSXSLBM"], CASE,
    )  # fmt: skip


def test_a_waived_finding_is_told_and_opens_no_case(world: World) -> None:
    """Under a waiver a dossier's finding is advice that names the signer."""
    waive(world)
    missing = without_receipt(world)
    (told,) = world.rows("select consequence, detail from finding where rule = %s", RECEIPT)
    assert told["consequence"] == "advice"
    assert "【豁免：张主任签批" in told["detail"]["message"]
    assert told["detail"]["waived"]["consequence"] == "rectify"
    assert not items_of(world, missing)


def test_a_revoked_waiver_brings_the_finding_back(world: World) -> None:
    """Revoking makes the dossier due at once: the finding is to be mended again, in a case."""
    number = waive(world).number
    missing = without_receipt(world)
    with world.store.transaction() as conn:
        revoke(conn, number, who="李四", now=world.now)
    assert review(world).dossiers == 1
    assert standing(world) == ["rectify"]
    assert len(items_of(world, missing)) == 1


def test_an_expired_waiver_brings_the_finding_back(world: World) -> None:
    """On the day after its last one the dossier is due by itself, without any new row."""
    waive(world, last=1)
    missing = without_receipt(world)
    (again,) = world.rows(
        "select distinct again_at from dossier d join dossier_finding f on f.dossier_id = d.id"
        " where f.rule = %s", RECEIPT,
    )  # fmt: skip
    assert again["again_at"] <= world.now + timedelta(days=2)
    world.pass_time(days=1)
    review(world)
    assert standing(world) == ["advice"]
    world.pass_time(days=1)
    review(world)
    assert standing(world) == ["rectify"]
    assert len(items_of(world, missing)) == 1


def test_a_new_waiver_frees_what_stands(world: World) -> None:
    """A waiver makes the dossiers due that its rule stands against, and counts them."""
    without_receipt(world)
    assert standing(world) == ["rectify"]
    assert waive(world).dossiers == 1
    review(world)
    assert standing(world) == ["advice"]


def test_a_waiver_begins_on_its_first_day(world: World) -> None:
    """One that is to come changes nothing yet; its first day makes the dossier due."""
    without_receipt(world)
    waive(world, first=2)
    review(world)
    assert standing(world) == ["rectify"]
    world.pass_time(days=2)
    review(world)
    assert standing(world) == ["advice"]


def test_review_costs_what_changed(world: World) -> None:
    """A second review has nothing to do; one more row makes one dossier due."""
    events = life(world)
    missing = receipt_of(events)
    land(world, [event for event in events if event is not missing])
    world.pass_time(seconds=SETTLE)
    review(world)
    assert review(world) == Reviewed()
    land(world, [missing])
    world.pass_time(seconds=SETTLE)
    assert review(world).dossiers == 1


def test_two_reviews_at_once_share_no_work(world: World) -> None:
    """While one review is on its way a second one finds nothing to do and waits for nobody."""
    land(world, life(world))
    world.pass_time(seconds=SETTLE)
    with world.store.transaction() as conn:
        conn.execute("select pg_advisory_xact_lock(hashtextextended('dossier review', 0))")
        assert review(world) == Reviewed()
    assert review(world).dossiers == 3


def going_on(world: World, **cells: str | None) -> list[Event]:
    """A life whose last case goes on, with these cells in its row."""
    events = life(world)
    last = max(
        (event for event in events if event.table == STEPS and event.record["BLZT"] == "11"),
        key=lambda event: event.at,
    )
    number = last.record["SPSXSLBM"]
    return [
        Event(event.at, event.table, event.record | cells)
        if event.table == CASE and event.record["SPSXSLBM"] == number
        else event
        for event in events
        if event is not last
    ]


def test_case_that_goes_on_is_reviewed_next_day(world: World) -> None:
    """A running case within its limit is looked at again next day, without any new row."""
    land(world, going_on(world, SXBLSX="900"))  # the story is of March, the clock of November
    world.pass_time(seconds=SETTLE)
    review(world)
    rules = {row["rule"] for row in world.rows("select rule from dossier_finding")}
    assert "LIM-001/case_overdue" not in rules
    assert review(world) == Reviewed()
    world.pass_time(days=1)
    assert review(world).dossiers >= 1


def test_overdue_case_is_told_once(world: World) -> None:
    """What is over its limit is not told anew each day on which it goes on."""
    land(world, going_on(world))
    world.pass_time(seconds=SETTLE)
    review(world)
    told = world.rows("select finding_id from dossier_finding order by finding_id")
    rules = {row["rule"] for row in world.rows("select rule from dossier_finding")}
    assert {"LIM-001/case_overdue", "LIM-006/project_over_control_limit"} <= rules
    world.pass_time(days=3)
    review(world)
    assert world.rows("select finding_id from dossier_finding order by finding_id") == told


def test_row_in_mending_is_not_missed(world: World) -> None:
    """A receipt that was returned is known to exist: no second complaint about its absence."""
    events = life(world)
    missing = receipt_of(events)
    broken = Event(missing.at, missing.table, missing.record | {"BLR": None, "DWMC": None})
    land(world, [*(event for event in events if event is not missing), broken])
    assert "returned" in world.states(STEPS)
    world.pass_time(seconds=SETTLE)
    review(world)
    assert not world.rows("select from dossier_finding where rule = %s", RECEIPT)


def test_a_waiver_reaches_what_cannot_be_judged_now(world: World) -> None:
    """While the receipt is being mended nobody is asked for it under a waiver that came since."""
    missing = without_receipt(world)
    assert standing(world) == ["rectify"]
    confirm_all(world)
    land(world, [Event(missing.at, missing.table, missing.record | {"BLR": None, "DWMC": None})])
    assert "returned" in world.states(STEPS)
    waive(world)
    world.pass_time(seconds=SETTLE)
    review(world)
    assert standing(world) == []
    assert [bool(item["resolved_at"]) for item in items_of(world, missing)] == [True]


def closing_letter(world: World, folder: Path) -> str:
    """The letter that closes the one case, which was notified before."""
    summary = chase(world.store, folder, world.rulesets.policy, world.now)
    assert len(summary.closed) == 1
    return next((folder / "notices" / BODY).glob("*2号.html")).read_text("utf-8")


def test_case_of_an_incomplete_dossier_is_told_and_closed(world: World, tmp_path: Path) -> None:
    """The notice names what is missing; when it is supplied and confirmed the case closes."""
    events = life(world)
    missing = receipt_of(events)
    land(world, [event for event in events if event is not missing])
    confirm_all(world)
    world.pass_time(seconds=SETTLE)
    review(world)
    world.pass_time(minutes=5)
    (number,) = chase(world.store, tmp_path, world.rulesets.policy, world.now).notified
    told = (tmp_path / "notices" / BODY / f"{number}.html").read_text("utf-8")
    assert f"办件“{missing.record['SPSXSLBM']}”没有接件（1）办理记录" in told

    land(world, [missing])
    confirm_all(world)
    world.pass_time(seconds=SETTLE)
    review(world)
    closing = closing_letter(world, tmp_path)
    assert "处理完毕：补齐所属办件或项目的数据并经上级平台确认入库 1 条。整改单" in closing


def test_a_case_that_a_waiver_ended_is_not_told_as_mended(world: World, tmp_path: Path) -> None:
    """Nothing was mended: the closing letter and the journey say that the body was excused."""
    missing = without_receipt(world)
    confirm_all(world)
    world.pass_time(minutes=5)
    (number,) = chase(world.store, tmp_path, world.rulesets.policy, world.now).notified
    waive(world)
    world.pass_time(seconds=SETTLE)
    review(world)
    closing = closing_letter(world, tmp_path)
    assert f"以{number}通知" in closing
    assert "处理完毕：依豁免决定不再要求整改 1 条。整改单" in closing
    with world.store.transaction() as conn:
        case, *_ = journeys(conn, missing.record["SPSXSLBM"] or "")
    told = [(one["consequence"], one["closed_why"]) for one in case.findings]
    assert told == [("rectify", "依豁免决定不再要求整改"), ("advice", None)]
