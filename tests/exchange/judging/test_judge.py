"""Judging in the store: verdict, findings, counts and case together, each record judged once."""

from __future__ import annotations

import threading

import pytest

from exchange.judging.judge import bodies_due, judge_due
from exchange.ledger.balance import balance
from tests.exchange.records import BODY, FLOW, PROJECT, World

pytestmark = pytest.mark.database


def test_good_record_is_queued_with_its_stamp(world: World) -> None:
    """A record that passes every rule is queued and names the rules it was judged by."""
    world.land(FLOW, world.flow())
    assert world.judge().passed == 1
    (row,) = world.rows("select v.state, s.ruleset from version v join stamp s on s.id = stamp_id")
    assert row["state"] == "queued"
    assert len(row["ruleset"]) == 16


def test_counts_of_every_rule_add_up(world: World) -> None:
    """In a stored run passed, failed, not applicable and not checked add up for each rule."""
    flow = world.flow()
    world.land(FLOW, flow, flow | {"SPLCBM": "LC-B", "SJYXBS": "7"})
    world.judge()
    (run,) = world.rows("select records, outcomes from judgement")
    assert len(run["outcomes"]) > 10
    for passed, failed, beside, unchecked in run["outcomes"].values():
        assert passed + failed + beside + sum(unchecked.values()) == run["records"] == 2


def test_faulty_record_is_returned_and_joins_a_case(world: World) -> None:
    """A record that fails is returned with findings, and the body gets one case with one item."""
    world.land(FLOW, world.flow() | {"SPLCMC": None}, world.flow() | {"SPLCBM": "B", "SYFW": "x"})
    assert world.judge().failed == 2
    findings = world.rows("select rule, detail from finding where consequence = 'reject'")
    assert {"SPLCMC"} <= {field for row in findings for field in row["detail"]["fields"]}
    (case,) = world.rows("select state, body from rectification")
    assert case == {"state": "collecting", "body": BODY}
    assert len(world.rows("select from rectification_item")) == 2


def test_child_waits_for_its_parent_and_is_not_blamed(world: World) -> None:
    """A project whose flow is only on its way is held, without finding and without case."""
    flow = world.flow()
    world.land(PROJECT, world.project(flow))
    world.land(FLOW, flow)
    judged = world.judge()
    assert (judged.passed, judged.held, judged.failed) == (1, 1, 0)
    assert world.states(PROJECT) == ["held"]
    (hold,) = world.rows("select table_code, parent_state from hold")
    assert hold == {"table_code": FLOW, "parent_state": "pending"}
    assert not world.rows("select from rectification")


def test_child_of_a_parent_that_never_comes_is_returned_after_the_grace(world: World) -> None:
    """When the policy's grace is over a missing parent becomes a finding of the child."""
    world.land(PROJECT, world.project(world.flow()))
    world.judge()
    assert world.states(PROJECT) == ["held"]
    grace = world.rulesets.policy(BODY, world.now).hold_grace_s
    world.pass_time(seconds=grace - 1)
    assert world.judge().records == 0
    world.pass_time(seconds=2)
    assert world.judge().failed == 1
    assert world.states(PROJECT) == ["returned"]


def test_corrected_record_takes_the_place_of_the_returned(world: World) -> None:
    """The mended push supersedes the returned one; the item stays open until it is confirmed."""
    flow = world.flow()
    world.land(FLOW, flow | {"SPLCMC": None})
    world.judge()
    world.land(FLOW, flow, at=5)
    world.judge()
    assert world.states(FLOW) == ["superseded", "queued"]
    (item,) = world.rows("select resolved_at, version_id from rectification_item")
    assert item["resolved_at"] is None


def test_second_faulty_push_stays_in_the_same_item(world: World) -> None:
    """A re-push that is still wrong opens no second case: the item counts the pushes."""
    flow = world.flow()
    world.land(FLOW, flow | {"SPLCMC": None})
    world.judge()
    world.land(FLOW, flow | {"SPLCMC": ""} | {"SYFW": None}, at=5)
    world.judge()
    assert world.states(FLOW) == ["superseded", "returned"]
    (item,) = world.rows("select pushes from rectification_item")
    assert item["pushes"] == 2


def test_mended_key_is_told_by_the_local_key(world: World) -> None:
    """When the business key itself was wrong the mended row settles the item by its DFSJZJ."""
    flow = world.flow()
    world.land(FLOW, flow | {"SPLCBM": None})
    world.judge()
    world.land(FLOW, flow, at=5)
    world.judge()
    assert world.states(FLOW) == ["superseded", "queued"]


def test_withdrawal_of_what_never_went_up(world: World) -> None:
    """Record and withdrawal end as withdrawn when nothing of the record is upstream."""
    flow = world.flow()
    world.land(FLOW, flow | {"SPLCMC": None})
    world.judge()
    world.land(FLOW, flow | {"SPLCMC": None, "SJYXBS": "0", "SJWXYY": "录入错误"}, at=5)
    world.judge()
    assert world.states(FLOW) == ["withdrawn", "withdrawn"]
    (item,) = world.rows("select resolution from rectification_item")
    assert item["resolution"] == "withdrawn"


def test_more_is_said_until_nothing_is_due(world: World) -> None:
    """Three due records taken two at a time: more may be due after the first two only."""
    flow = world.flow()
    world.land(FLOW, *(flow | {"SPLCBM": f"LC{n}", "DFSJZJ": f"{n}"} for n in range(3)))
    assert bodies_due(world.store, [BODY, "420606"], now=world.now) == {BODY}
    calls = [judge_due(world.store, world.rulesets, now=world.now, limit=2) for _ in range(2)]
    assert [(one.records, one.more) for one in calls] == [(2, True), (1, False)]
    assert bodies_due(world.store, [BODY], now=world.now) == set()


def test_judges_at_once_judge_each_record_once(world: World) -> None:
    """Six judges at the same time write one verdict for each of forty records."""
    flow = world.flow()
    world.land(
        FLOW, *(flow | {"SPLCBM": f"LC{number}", "DFSJZJ": f"{number}"} for number in range(40))
    )
    judges = [threading.Thread(target=world.judge) for _ in range(6)]
    for judge in judges:
        judge.start()
    for judge in judges:
        judge.join()
    moves = world.rows("select version_id from journey where to_state = 'queued'")
    assert len(moves) == len({row["version_id"] for row in moves}) == 40
    with world.store.transaction() as conn:
        assert balance(conn, full=True).unaccounted == 0


def test_a_broken_run_leaves_the_records_as_they_were(world: World) -> None:
    """A table the rules cannot be made for is postponed with an error; other tables are judged."""
    world.land(FLOW, world.flow())
    world.rows("select 1")
    with world.store.transaction() as conn:
        conn.execute("insert into body values ('420699-x', '无文件', '{420699}', 'none')")
        conn.execute(
            "with b as (insert into batch (body, standard, table_code, origin, rows_read,"
            " rows_new, rows_replayed, content_hash) values ('420699-x', '3.0', %s, 't', 1, 1, 0,"
            " '') returning id) insert into version (body, standard, table_code, table_order,"
            " record_key, revision, content_hash, valid, batch_id, place, raw, state,"
            " state_reason, judge_after, pulled_at) select '420699-x', '3.0', %s, 1, '[]', 1, '',"
            " true, id, '', '{}', 'landed', '', %s, %s from b",
            (FLOW, FLOW, world.now, world.now),
        )
    judged = world.judge()
    assert judged.passed == 1
    assert "420699-x" in judged.errors[0]
    assert world.judge().records == 0
