"""Replay: the same rules change nothing, others close the gate; verdicts are reached again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from exchange.judging.rulesets import Rulesets
from exchange.replay import parquet
from exchange.replay.candidate import CURRENT, NoSuchRulesetError, started
from exchange.replay.comparison import BodyChange, Comparison
from exchange.replay.groups import Group, Period, groups, of_one_instant
from exchange.replay.reproduce import NothingToReproduceError, Reproduction, reproduce
from exchange.replay.run import replay
from exchange.settings import ROOT
from exchange.store.connection import Store
from schemas.policy import Gate
from tests.exchange.records import BODY, FLOW, PROJECT, World, body, two_editions
from tests.stores import ExchangeStore
from validators.record import RECORD_ZONE

pytestmark = pytest.mark.database
RULESETS = Rulesets({BODY: body()})
"""Prepared once for all tests here."""
RULE = """
'''A name must not be long.'''

from validators.expression import text
from validators.rule import Holds, Rule

RULE = Rule(
    code="FLW-001/name_too_plain", kind="quality", tables=("SPGL_SPLCXXB",), fields=("SPLCMC",),
    clause="FLW-001", statement="x", severity="error", dimension="accuracy", message="x", why="x",
    fix="x", check=Holds(text("SPLCMC").matches("never")), good=({"SPLCMC": "never"},),
    bad=({"SPLCMC": "x"},),
)
"""


@pytest.fixture
def world(exchange_store: ExchangeStore) -> Iterator[World]:
    """A store in which a flow, a project under it and a faulty flow were judged."""
    store = Store(exchange_store.app_dsn, by="test")
    with store.transaction() as conn:
        conn.execute("insert into body values (%s, '测试县', '{420602}', 'none')", (BODY,))
    world = World(store, RULESETS)
    flow = world.flow()
    world.land(FLOW, flow, flow | {"SPLCBM": "LC-2", "SPLCMC": None})
    world.land(PROJECT, world.project(flow) | {"UNKNOWN": "kept\0too"})
    world.judge()
    yield world
    store.close()


@pytest.fixture
def stricter(tmp_path: Path) -> Path:
    """A folder with the rules of today and one more, which every flow fails."""
    kept = shutil.ignore_patterns("__pycache__", "sample")
    shutil.copytree(ROOT / "validators", tmp_path / "rules" / "validators", ignore=kept)
    (tmp_path / "rules/validators/rules/name_too_plain.py").write_text(RULE, "utf-8")
    return tmp_path / "rules"


def period(world: World) -> Period:
    """The day of the world's clock."""
    return Period(world.now.date(), world.now.date(), RECORD_ZONE)


def read(world: World) -> list[Group]:
    """The groups of that day."""
    with world.store.transaction() as conn:
        of_one_instant(conn)
        return list(groups(conn, period(world)))


def compared(world: World, found: list[Group], ruleset: str) -> Comparison:
    """The comparison of these groups with a candidate."""
    with world.store.transaction() as conn, started(ruleset, conn) as candidate:
        return replay(
            found,
            candidate,
            overlays=world.rulesets.overlays,
            gate_of=lambda _: Gate(),
            renamed={},
        ).comparison


def reproduced(world: World, version: int, ruleset: str | None = None) -> Reproduction:
    """A version judged again."""
    with world.store.transaction() as conn:
        return reproduce(conn, version, ruleset=ruleset)


def test_the_same_rules_change_nothing(world: World) -> None:
    """Today's rules reach every stored verdict again; the gate is open."""
    told = compared(world, read(world), CURRENT).to_json()
    assert (told["gate"], told["records"], told["newly_failing"]) == ("pass", 3, 0)
    assert [body["rules"] for body in told["bodies"]] == [[]]
    assert told["candidate"]["cpu_s"] > 0
    assert told["candidate"]["peak_mib"] > 10


def test_a_stricter_rule_closes_the_gate(world: World, stricter: Path) -> None:
    """Per body and rule it says what newly fails; one record in three is more than 1 %.

    Where many may newly fail, a body that loses its level still closes the gate.
    """
    comparison = compared(world, read(world), str(stricter))
    told = comparison.to_json()
    assert told["gate"] == "fail"
    assert "1 of 3 records newly fail" in told["reasons"][0]
    (change,) = told["bodies"]
    (rule,) = change["rules"]
    assert (rule["rule"], rule["newly_failing"]) == ("FLW-001/name_too_plain", 1)
    assert len(rule["versions"]["newly_failing"]) == 1
    comparison.bodies[BODY].gate = Gate(newly_failing=1.0, level=0.5)
    (reason,) = comparison.reasons()
    assert reason.startswith(f"body {BODY} falls below its level: 66.67% passed, 33.33% would")


def test_a_level_may_be_set_for_one_body() -> None:
    """A body that never had the level does not fall below it; another level may hold for one."""
    change = BodyChange("1", Gate(level=0.9, levels={"2": 0.5}), 10, 4, 6)
    assert not change.falls
    assert BodyChange("2", change.gate, 10, 4, 6).falls


def test_a_past_stamp_is_built_again_from_what_the_store_kept(world: World) -> None:
    """A ruleset hash is enough to judge with the rules of then."""
    (stamp,) = world.rows("select distinct ruleset from stamp")
    comparison = compared(world, read(world), stamp["ruleset"][:8])
    assert comparison.to_json()["stamps"][0]["ruleset"] == stamp["ruleset"]
    assert not comparison.reasons()


def test_unknown_ruleset_is_refused(world: World) -> None:
    """Neither a folder nor a stamp: it says what to give."""
    with pytest.raises(NoSuchRulesetError, match="nonsense"):
        compared(world, [], "nonsense")


def test_parquet_holds_all_that_a_replay_needs(world: World, tmp_path: Path) -> None:
    """Written and read again the groups are the same, cells and context to the letter."""
    found = read(world)
    files = parquet.write(iter(found), tmp_path)
    assert sorted(path.name for path in files) == [f"{FLOW}.parquet", f"{PROJECT}.parquet"]
    again = sorted(parquet.read(tmp_path), key=lambda group: group.judgement)
    for before, after in zip(found, again, strict=True):
        assert after.context == before.context
        for one, other in zip(before.records, after.records, strict=True):
            assert {k: v for k, v in one.values.items() if v is not None} == dict(other.values)
            assert (one.outcome, one.found, one.counted) == (other.outcome, other.found, True)
    assert compared(world, again, CURRENT).to_json()["gate"] == "pass"


def test_no_files_is_no_empty_replay(tmp_path: Path) -> None:
    """A wrong folder is told, not taken for a day without records."""
    with pytest.raises(parquet.NoLandedFilesError):
        list(parquet.read(tmp_path))


def test_a_verdict_is_reached_again_to_the_letter(world: World) -> None:
    """Every version's outcome and findings come out identical from what was kept with them."""
    (faulty,) = world.rows("select id from version where state = 'returned'")
    found = reproduced(world, faulty["id"])
    assert found.identical, found.reasons
    assert found.rules_from == found.stamp["ruleset"]


def test_a_held_record_is_reproduced_with_the_parents_of_then(world: World) -> None:
    """The context of the verdict counts, not what the store knows today."""
    world.rows("update version set state = 'sending' where state = 'queued' returning id")
    (project,) = world.rows("select id, state from version where table_code = %s", PROJECT)
    assert project["state"] == "held"
    assert reproduced(world, project["id"]).identical


def test_other_rules_give_another_verdict_and_say_so(world: World, stricter: Path) -> None:
    """A difference names the stamp that differs and the rule that was not found before."""
    (flow, *_) = world.rows("select id from version where table_code = %s order by id", FLOW)
    found = reproduced(world, flow["id"], str(stricter))
    assert not found.identical
    assert any(reason.startswith("ruleset is another") for reason in found.reasons)
    assert "FLW-001/name_too_plain is found and was not" in found.reasons
    assert "the outcome is fail, it was pass" in found.reasons


def test_what_was_never_judged_cannot_be_reproduced(world: World) -> None:
    """A number without verdict is told as such."""
    with pytest.raises(NothingToReproduceError, match="999"):
        reproduced(world, 999)


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/Los_Angeles"])
@pytest.mark.parametrize("hours", [-1, 1])
def test_the_edition_of_then_judges_whatever_zone_the_store_is_in(
    exchange_store: ExchangeStore, tmp_path: Path, zone: str, hours: int
) -> None:
    """An hour before and after an edition changes in Shanghai, each verdict is reached again."""
    midnight = datetime(2026, 11, 20, tzinfo=RECORD_ZONE)
    pack = two_editions(tmp_path, midnight.date(), off="COM-001")
    now = (midnight + timedelta(hours=hours)).astimezone(UTC)
    with closing(Store(exchange_store.app_dsn, by="test")) as store:
        with store.transaction() as conn:
            conn.execute("insert into body values (%s, '测试县', '{420602}', 'none')", (BODY,))
        world = World(store, Rulesets({BODY: body()}, pack), now)
        world.land(FLOW, world.flow() | {"SPLCMC": None})
        world.judge()
        assert world.states(FLOW) == ["returned" if hours < 0 else "queued"]
        (row,) = world.rows("select id from version")
        with store.transaction() as conn:
            conn.execute("select set_config('timezone', %s, true)", (zone,))
            assert reproduce(conn, row["id"], policy_file=pack).reasons == ()
