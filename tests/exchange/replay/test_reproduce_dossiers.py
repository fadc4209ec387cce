"""Verdicts on dossiers are reached again from what was kept, whatever has changed since."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from exchange.cli import main
from exchange.cli import reproduce as command
from exchange.replay.reproduce_dossiers import (
    DossierReproduction,
    NoDossierToReproduceError,
    reproduce_dossiers,
)
from exchange.settings import ROOT
from exchange.store.connection import Store
from exchange.waivers.register import Request, add, revoke
from tests.exchange.lives import RECEIPT, SETTLE, land, review, without_receipt
from tests.exchange.records import BODY, World
from tests.stores import ExchangeStore
from validators.dossier.dossier import CASE, PROJECT

pytestmark = pytest.mark.database


def project(world: World) -> int:
    """The version of the project's row."""
    (row,) = world.rows("select id from version where table_code = %s", PROJECT)
    return int(row["id"])


def reproduced(
    world: World, version: int, ruleset: str | None = None, *, every: bool = False
) -> list[DossierReproduction]:
    """The dossiers of a version judged again."""
    with world.store.transaction() as conn:
        return reproduce_dossiers(conn, version, every=every, ruleset=ruleset)


def test_a_verdict_on_a_dossier_is_reached_again_to_the_letter(world: World) -> None:
    """The project and its code: every finding and every other answer comes out identical."""
    without_receipt(world)
    found = reproduced(world, project(world))
    assert {one.dossier.kind for one in found} == {"project", "plan"}
    assert all(one.identical for one in found), [one.reasons for one in found]
    assert all(one.rules_from == one.dossier.stamp["ruleset"] for one in found)
    (unit,) = [one.dossier for one in found if one.dossier.kind == "project"]
    assert RECEIPT in {one.rule for one in unit.found}
    assert unit.area  # what the division has set up is among the inputs


def test_every_verdict_on_a_dossier_is_reached_again(world: World) -> None:
    """Rows came, the moment moved, a waiver went: each verdict is reached with what it saw."""
    day = world.now.date()
    waiver = Request(BODY, RECEIPT, "系统升级", "张主任", day, day + timedelta(days=9))
    with world.store.transaction() as conn:
        number = add(conn, waiver, rules={RECEIPT}, who="李四", now=world.now).number
    missing = without_receipt(world)
    with world.store.transaction() as conn:
        revoke(conn, number, who="李四", now=world.now)
    review(world)
    land(world, [missing])
    world.rows("update version set state = 'sending' where state = 'queued' returning id")
    world.pass_time(seconds=SETTLE)
    review(world)
    found = reproduced(world, project(world), every=True)
    told = [
        [one.consequence for one in each.dossier.found if one.rule == RECEIPT]
        for each in found
        if each.dossier.kind == "project"
    ]
    assert told == [["advice"], ["rectify"], []]
    assert all(one.identical for one in found), [one.reasons for one in found]


def test_unchanged_rows_are_kept_once(world: World) -> None:
    """A dossier that is looked at again without a new row adds its answers, not its rows."""
    without_receipt(world)
    kept = "select count(*) as n from dossier_content"
    (before,) = world.rows(kept)
    world.rows(
        "insert into dossier_mark (standard, kind, key, due_at)"
        " select standard, kind, key, reviewed_at from dossier returning id"
    )
    review(world)
    (after,) = world.rows(kept)
    assert after == before
    (verdicts,) = world.rows("select count(*) as n from dossier_judgement")
    (dossiers,) = world.rows("select count(*) as n from dossier")
    assert verdicts["n"] == 2 * dossiers["n"]


def test_other_rules_give_other_findings_and_say_so(world: World, tmp_path: Path) -> None:
    """A difference names the part of the stamp, the rule and the row it was found on."""
    without_receipt(world)
    kept = shutil.ignore_patterns("__pycache__", "sample", "case_without_receipt.py")
    shutil.copytree(ROOT / "validators", tmp_path / "validators", ignore=kept)
    found = reproduced(world, project(world), str(tmp_path))
    (unit,) = [one for one in found if one.dossier.kind == "project"]
    assert not unit.identical
    assert unit.reasons[0].startswith("ruleset is another")
    (case,) = [one.version for one in unit.dossier.found if one.rule == RECEIPT]
    assert f"{RECEIPT} was found on #{case} and is not now" in unit.reasons


def test_altered_content_is_told(exchange_store: ExchangeStore, world: World) -> None:
    """Rows that are no longer what was judged do not pass for it."""
    without_receipt(world)
    (case,) = world.rows("select id from version where table_code = %s limit 1", CASE)
    owner = Store(exchange_store.owner_dsn, by="test")
    with owner.transaction() as conn:
        conn.execute(
            "update version set raw = jsonb_set(raw::jsonb, '{LXR}', '\"别人\"')::json"
            " where id = %s",
            (case["id"],),
        )
    owner.close()
    found = reproduced(world, project(world))
    (unit,) = [one for one in found if one.dossier.kind == "project"]
    assert unit.reasons[0].startswith("the inputs are others")


def test_what_belongs_to_no_judged_dossier_cannot_be_reproduced(world: World) -> None:
    """A number without dossier is told as such."""
    with pytest.raises(NoDossierToReproduceError, match="999"):
        reproduced(world, 999)


def test_the_command_says_whether_the_verdicts_are_identical(
    exchange_store: ExchangeStore,
    world: World,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A line for each dossier for people, an object for programs."""
    without_receipt(world)
    monkeypatch.setattr(command, "app_url", lambda _: exchange_store.app_dsn)
    asked = ["reproduce", str(project(world)), "--dossiers", "last"]
    assert main(asked) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sorted(line.split()[0] for line in lines) == ["工程", "项目"]
    assert all("结论一致" in line for line in lines)
    assert main([*asked, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["identical"] for one in told["dossiers"]] == [True, True]


def test_a_step_that_came_later_is_not_among_the_inputs_of_before(world: World) -> None:
    """The receipt that was missing then is missing in the reproduction, though it is there now."""
    missing = without_receipt(world)
    land(world, [missing])
    found = reproduced(world, project(world))
    assert all(one.identical for one in found), [one.reasons for one in found]
