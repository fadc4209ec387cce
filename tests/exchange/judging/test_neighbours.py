"""Judging beside other rows in the store: what may still come is waited for, the rest blamed."""

from __future__ import annotations

import re
from datetime import datetime
from random import Random

import psycopg
import pytest

from exchange.judging.second_look import SecondLook, look_again
from exchange.replay.reproduce import reproduce
from exchange.store.migrate import MIGRATIONS
from schemas import load, versions
from schemas.sample import Event, flow_setup, story, valid
from tests.exchange.records import BODY, FLOW, Row, World
from tests.stores import ExchangeStore
from validators.case_steps import STEPS
from validators.registry import asked_for

pytestmark = pytest.mark.database
CASE = "SPGL_XMSPSXBLXXB"


def life(world: World) -> list[Event]:
    """A set-up and a short life of a project under it."""
    start = datetime(2025, 3, 3, 9)  # noqa: DTZ001  wall time, as records have it
    return [
        *flow_setup(world.standard, BODY, Random(1), start),
        *story(world.standard, BODY, Random(2), start, kind="private_building", stages=2),
    ]


def confirm(world: World) -> None:
    """The province takes everything that is queued."""
    for state in ("sending", "sent", "confirmed"):
        with world.store.transaction() as conn:
            conn.execute(
                "update version set state = %s, state_reason = 'test', confirmed_at = now()"
                " where state = any(%s)",
                (state, ["queued", "sending", "sent"]),
            )


def settled(world: World, events: list[Event]) -> None:
    """Land the rows table by table, parents first, judge each and have it confirmed."""
    order = [table.code for table in world.standard.in_order]
    for code in sorted({event.table for event in events}, key=order.index):
        world.land(code, *(event.record for event in events if event.table == code))
        world.judge()
        confirm(world)


def case_of(world: World) -> list[Row]:
    """A project with one case taken to the store; the case's steps, not landed yet, in order."""
    told = life(world)
    first = next(event.record for event in told if event.table == CASE)
    steps = [
        dict(event.record)
        for event in told
        if event.table == STEPS and event.record["SPSXSLBM"] == first["SPSXSLBM"]
    ]
    settled(world, [event for event in told if event.table != STEPS])
    return steps


def found(world: World) -> list[tuple[str, str]]:
    """The findings so far, as local key and rule."""
    rows = world.rows(
        "select v.local_key, f.rule from finding f join version v on v.id = f.version_id order by 1"
    )
    return [(row["local_key"], row["rule"]) for row in rows]


def test_whole_life_is_taken_without_a_finding(world: World) -> None:
    """What a county tells of a project passes every rule, other rows being there."""
    settled(world, life(world))
    assert found(world) == []
    assert world.rows("select state from version where state not in ('confirmed')") == []


def test_step_waits_for_the_one_before_it(world: World) -> None:
    """An acceptance that arrives before its receipt is held without blame and goes on with it."""
    receipt, *others = case_of(world)
    accepted = next(step for step in others if step["BLZT"] == "3")
    world.land(STEPS, accepted)
    judged = world.judge()
    assert (judged.held, judged.failed) == (1, 0)
    assert world.rows("select parent_state from hold") == [{"parent_state": "expected"}]
    world.land(STEPS, receipt)
    assert world.judge().passed == 1
    assert world.judge().passed == 1
    assert world.states(STEPS) == ["queued", "queued"]
    assert found(world) == []


def test_steps_that_both_wait_do_not_wake_each_other_for_ever(world: World) -> None:
    """Each is looked at again when the other arrives, not whenever the other was looked at."""
    _, *others = case_of(world)
    accepted = next(step for step in others if step["BLZT"] == "3")
    special = accepted | {"BLZT": "9", "DFSJZJ": "later", "BLSJ": others[1]["BLSJ"]}
    for step in (accepted, special):
        world.land(STEPS, step)
        world.judge()
    assert world.states(STEPS) == ["held", "held"]
    rounds = 0
    while world.judge().records:
        rounds += 1
        assert rounds < 5
    assert world.rows("select distinct parent_state from hold") == [{"parent_state": "expected"}]


def test_step_without_the_one_before_it_is_returned_after_the_grace(world: World) -> None:
    """When the receipt stays away for the time of the policy, the acceptance is at fault."""
    _, *others = case_of(world)
    accepted = next(step for step in others if step["BLZT"] == "3")
    world.land(STEPS, accepted)
    world.judge()
    world.pass_time(seconds=world.rulesets.policy(BODY, world.now).hold_grace_s + 1)
    assert world.judge().failed == 1
    assert found(world) == [(accepted["DFSJZJ"], "PRC-003/accepted_without_receipt")]


def test_steps_of_one_batch_are_seen_together(world: World) -> None:
    """The whole case in one page, last step first, passes at once."""
    steps = case_of(world)
    world.land(STEPS, *reversed(steps))
    assert world.judge().passed == len(steps)
    assert found(world) == []


def test_one_fault_is_found_once(world: World) -> None:
    """A step after the end is returned, naming the end; the others of the case are not blamed."""
    steps = case_of(world)
    late = steps[1] | {"BLSJ": "2026-10-09 09:00:00", "DFSJZJ": "late-1", "BLZT": "8"}
    world.land(STEPS, *steps, late)
    world.judge()
    assert [rule for _, rule in found(world) if rule.startswith("PRC")] == [
        "PRC-011/step_after_end"
    ]
    (finding,) = world.rows("select detail from finding where rule like 'PRC%%'")
    assert str(steps[-1]["DFSJZJ"]) in finding["detail"]["message"]


def test_verdict_beside_other_rows_is_reached_again(world: World) -> None:
    """The rows that a verdict was compared with are kept with it: it can be reproduced."""
    steps = case_of(world)
    late = steps[1] | {"BLSJ": "2026-10-09 09:00:00", "DFSJZJ": "late-1", "BLZT": "8"}
    world.land(STEPS, *steps, late)
    world.judge()
    (row,) = world.rows("select id from version where local_key = 'late-1'")
    with world.store.transaction() as conn:
        assert reproduce(conn, row["id"]).reasons == ()


def test_withdrawn_step_is_not_there(world: World) -> None:
    """A receipt that was withdrawn is no second receipt."""
    receipt, *_ = case_of(world)
    world.land(STEPS, receipt)
    world.judge()
    confirm(world)
    world.land(STEPS, receipt | {"SJYXBS": "0", "SJWXYY": "录入错误"}, at=5)
    world.judge()
    confirm(world)
    again = receipt | {"BLSJ": "2025-03-03 09:30:00", "DFSJZJ": "again-1"}
    world.land(STEPS, again, at=9)
    assert world.judge().passed == 1
    assert found(world) == []


def test_step_mended_under_its_local_key_is_the_same_step(world: World) -> None:
    """A returned receipt that comes again with another time is not taken for a second one."""
    receipt, *_ = case_of(world)
    world.land(STEPS, receipt | {"BLR": None})
    assert world.judge().failed == 1
    world.land(STEPS, receipt | {"BLSJ": "2025-03-03 09:30:00"}, at=5)
    assert world.judge().passed == 1


def paused(steps: list[Row]) -> list[Row]:
    """The case up to a special procedure that nobody gave a reason for."""
    before = [step for step in steps if step["BLZT"] in {"1", "3"}]
    pause = before[-1] | {
        "BLZT": "9", "BLSJ": "2026-01-05 09:00:00", "DFSJZJ": "pause-1", "BLYJ": None,
    }  # fmt: skip
    return [*before, pause]


def look(world: World) -> SecondLook:
    """Look again at what is due."""
    return look_again(world.store, world.rulesets, now=world.now)


def test_what_never_comes_is_asked_for_at_the_second_look(world: World) -> None:
    """A pause without reason goes on at once; when no reason has come in time, it joins a case."""
    world.land(STEPS, *paused(case_of(world)))
    assert world.judge().passed == 3
    assert look(world).records == 0
    confirm(world)
    world.pass_time(seconds=world.rulesets.policy(BODY, world.now).hold_grace_s + 1)
    assert (look(world).found, look(world).records) == (1, 0)
    assert found(world) == [("pause-1", "PRC-032/paused_without_reason")]
    assert world.states(STEPS) == ["confirmed"] * 3
    (item,) = world.rows("select resolved_at from rectification_item")
    assert item["resolved_at"] is None
    (run,) = world.rows("select records, outcomes from judgement order by id desc limit 1")
    for passed, failed, beside, unchecked in run["outcomes"].values():
        assert passed + failed + beside + sum(unchecked.values()) == run["records"]


def test_what_came_meanwhile_is_seen_at_the_second_look(world: World) -> None:
    """A reason that arrives after the pause, but in time, leaves nothing to find."""
    steps = paused(case_of(world))
    world.land(STEPS, *steps)
    world.judge()
    procedure = valid(
        world.standard, "SPGL_XMSPSXBLTBCXXXB", Random(4),
        given={code: steps[0][code] for code in ("XZQHDM", "GCDM", "SPSXSLBM")}
        | {"TBCXKSSJ": "2026-01-05 09:00:00"},
    )  # fmt: skip
    world.land("SPGL_XMSPSXBLTBCXXXB", procedure)
    world.judge()
    world.pass_time(seconds=world.rulesets.policy(BODY, world.now).hold_grace_s + 1)
    again = look(world)
    assert (again.found, again.errors) == (0, [])
    assert again.records > 0
    assert found(world) == []


def test_same_local_key_with_another_key_is_a_duplicate(world: World) -> None:
    """A key of the body that is in effect for one record cannot name another in a later batch."""
    flow = world.flow()
    world.land(FLOW, flow)
    world.judge()
    confirm(world)
    world.land(FLOW, flow | {"SPLCBM": "LC-OTHER"}, at=5)
    assert world.judge().failed == 1
    assert [rule for _, rule in found(world)] == [f"COM-011/{FLOW}"]


def test_same_key_with_another_local_key_is_a_duplicate(world: World) -> None:
    """A second valid row of a record in effect is returned; withdrawn first, it is taken."""
    flow = world.flow()
    world.land(FLOW, flow)
    world.judge()
    confirm(world)
    world.land(FLOW, flow | {"DFSJZJ": "other-1"}, at=5)
    assert world.judge().failed == 1
    assert f"COM-012/{FLOW}" in {rule for _, rule in found(world)}
    world.land(FLOW, flow | {"SJYXBS": "0", "SJWXYY": "重复"}, at=9)
    world.land(FLOW, flow | {"DFSJZJ": "other-1", "SPLCSM": "流程一"}, at=12)
    assert (world.judge().failed, world.states(FLOW)[-1]) == (0, "queued")


def test_change_in_place_is_told_and_taken(world: World) -> None:
    """A confirmed flow that is rewritten goes on, and the body hears that it should not."""
    flow = world.flow()
    world.land(FLOW, flow)
    world.judge()
    confirm(world)
    world.land(FLOW, flow | {"SPLCMC": "另一个名称"}, at=5)
    assert world.judge().passed == 1
    assert [rule for _, rule in found(world)] == [
        "PRO-001/changed_without_withdrawal",
        "PRO-008/flow_rewritten",
    ]


def test_rows_of_before_are_found_as_new_ones_are(
    world: World, exchange_store: ExchangeStore
) -> None:
    """The migration that names older rows gives them the very names that landing gives."""
    told = life(world)
    for code in {event.table for event in told}:
        world.land(code, *(event.record for event in told if event.table == code))
    named = "select version_id, fields, field_values from anchor order by 1, 2"
    before = world.rows(named)
    text = (MIGRATIONS / "0111_pre_anchors_of_rules.sql").read_text("utf-8")
    with psycopg.connect(exchange_store.owner_dsn) as conn:
        gone = conn.execute(
            "delete from anchor where fields in ('GCDM,SPSXSLBM', 'XZQHDM,SPLCBM', 'PFWH')"
        )
        assert gone.rowcount > 0
        conn.execute(text.encode())
    referred = world.rows(named)
    assert [row for row in before if row not in referred] == [
        row
        for row in before
        if row["fields"] == "GCDM,SPSXSLBM" and row["version_id"] in cases_of(world)
    ]


def cases_of(world: World) -> set[int]:
    """The versions of cases, which references name by these fields: no rule's business."""
    rows = world.rows("select id from version where table_code = %s", CASE)
    return {row["id"] for row in rows}


def test_rules_ask_only_by_fields_that_a_migration_names() -> None:
    """Whoever adds a rule that asks by other fields adds the migration that names older rows."""
    text = "".join(path.read_text("utf-8") for path in MIGRATIONS.glob("*anchors*.sql"))
    named = {
        (table, tuple(re.findall(r"'(\w+)'", fields)))
        for table, fields in re.findall(r"\('(\w+)', array\[([^]]+)\]\)", text)
    }
    for table, ways in asked_for().items():
        referred = {
            reference.to_fields
            for version in versions()
            for child in load(version).tables.values()
            for reference in child.references
            if reference.table == table
        }
        for fields in ways - referred:
            assert (table, fields) in named
