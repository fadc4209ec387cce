"""Replay of dossiers: a part of its own, closed by its own changes, beside untouched records."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from exchange.cli import main
from exchange.cli import replay as command
from exchange.replay.candidate import CURRENT, started
from exchange.replay.dossiers import Reader, dossiers_without_inputs
from exchange.replay.groups import Period, groups
from exchange.replay.run import Replayed, replay
from exchange.settings import ROOT
from exchange.store.connection import Store
from schemas.policy import Gate
from tests.exchange.lives import RECEIPT, SETTLE, land, life, review, without_receipt
from tests.exchange.records import World
from tests.stores import ExchangeStore
from validators.record import RECORD_ZONE

pytestmark = pytest.mark.database
CHECK = "holds(subject.course.has(RECEIVED))"
"""How the rule on receipts answers."""
RULE_FILE = "validators/dossier/rules/case_without_receipt.py"
BEFORE_DOSSIERS = """
class Record: ...
class Ruleset:
    @classmethod
    def load(cls, *_): ...
def judge(*_): ...
"""


def period(world: World) -> Period:
    """The day of the world's clock."""
    return Period(world.now.date(), world.now.date(), RECORD_ZONE)


def replayed(world: World, ruleset: str, *, records: bool = False) -> Replayed:
    """The day judged again: its dossiers, and its records if asked."""
    with world.store.transaction() as conn, started(ruleset, conn) as candidate:
        return replay(
            groups(conn, period(world)) if records else (),
            candidate,
            overlays=world.rulesets.overlays,
            gate_of=lambda _: Gate(),
            renamed={},
            dossiers=Reader(conn).between(period(world)),
        )


def changed(folder: Path, check: str) -> str:
    """The rules of today, that on receipts answering like this."""
    kept = shutil.ignore_patterns("__pycache__", "sample")
    shutil.copytree(ROOT / "validators", folder / "validators", ignore=kept)
    text = (folder / RULE_FILE).read_text("utf-8")
    assert CHECK in text
    (folder / RULE_FILE).write_text(text.replace(CHECK, check), "utf-8")
    return str(folder)


def told_of(done: Replayed) -> dict[str, Any]:
    """The part on dossiers."""
    assert done.dossiers is not None
    return done.dossiers.to_json()


def test_the_same_rules_change_nothing(world: World) -> None:
    """Every dossier of the day is judged once more and stands as it stood."""
    without_receipt(world)
    told = told_of(replayed(world, CURRENT))
    assert (told["gate"], told["newly_failing"], told["newly_passing"]) == ("pass", 0, 0)
    assert told["dossiers"] == 3  # the project, its code, its area
    assert [one["rules"] for one in told["bodies"]] == [[]]


def test_a_stricter_rule_closes_the_gate_of_dossiers_only(world: World, tmp_path: Path) -> None:
    """Every case newly fails: told by rule and row; the count of records does not see it."""
    land(world, life(world))
    world.pass_time(seconds=SETTLE)
    review(world)
    done = replayed(world, changed(tmp_path, "holds(False)"), records=True)
    told = done.comparison.to_json()
    assert (told["gate"], told["newly_failing"]) == ("pass", 0)
    assert told["records"] == len(world.rows("select from version where judged_at is not null"))
    assert done.dossiers is not None
    (of_body,) = done.dossiers.bodies.values()
    (rule,) = of_body.changes.to_json()
    cases = world.rows("select id from version where table_code = 'SPGL_XMSPSXBLXXB'")
    assert (rule["rule"], rule["newly_failing"]) == (RECEIPT, len(cases))
    assert set(rule["versions"]["newly_failing"]) <= {row["id"] for row in cases}
    assert done.dossiers.reasons() == ["1 of 3 dossiers newly fail (33.33%, allowed are 1.00%)"]


def test_a_milder_rule_is_told(world: World, tmp_path: Path) -> None:
    """What stood and would not is counted under its rule; the gate stays open."""
    without_receipt(world)
    told = told_of(replayed(world, changed(tmp_path, "holds(True)")))
    assert told["gate"] == "pass"
    (of_body,) = told["bodies"]
    (rule,) = of_body["rules"]
    assert (rule["rule"], rule["newly_passing"]) == (RECEIPT, 1)


def test_a_rule_that_breaks_closes_the_gate(world: World, tmp_path: Path) -> None:
    """A broken rule is named with the dossiers it broke on, not taken for a pass."""
    without_receipt(world)
    done = replayed(world, changed(tmp_path, "holds(1 / 0)"))
    assert done.dossiers is not None
    assert any(one.startswith(f"rule {RECEIPT} broke on") for one in done.dossiers.reasons())


def test_the_last_verdict_of_the_days_counts(world: World) -> None:
    """A dossier that was judged twice in a period is compared once; other days are left out."""
    missing = without_receipt(world)
    land(world, [missing])
    world.pass_time(seconds=SETTLE)
    review(world)
    assert len(world.rows("select from dossier_judgement")) == 4
    assert told_of(replayed(world, CURRENT))["dossiers"] == 3
    world.pass_time(days=2)
    assert told_of(replayed(world, CURRENT))["dossiers"] == 0


def test_rules_from_before_dossiers_are_told(world: World, tmp_path: Path) -> None:
    """A candidate without rules on dossiers closes the gate, as nobody would judge them."""
    without_receipt(world)
    (tmp_path / "validators").mkdir()
    (tmp_path / "validators/__init__.py").write_text(BEFORE_DOSSIERS, "utf-8")
    done = replayed(world, str(tmp_path))
    assert done.dossiers is not None
    assert "are from before dossiers were judged" in done.dossiers.reasons()[0]


def test_dossiers_without_inputs_are_counted(exchange_store: ExchangeStore, world: World) -> None:
    """What was judged before inputs were kept is not passed over in silence."""
    without_receipt(world)
    owner = Store(exchange_store.owner_dsn, by="test")
    with owner.transaction() as conn:
        conn.execute("delete from dossier_judgement")
    owner.close()
    with world.store.transaction() as conn:
        assert dossiers_without_inputs(conn, period(world)) == 3


def test_the_command_tells_dossiers_apart(
    exchange_store: ExchangeStore,
    world: World,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A part of their own in both forms; their gate is part of the whole one."""
    without_receipt(world)
    monkeypatch.setattr(command, "app_url", lambda _: exchange_store.app_dsn)
    day = world.now.date().isoformat()
    asked = ["replay", "--from", day, "--to", day]
    assert main([*asked, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["gate"], told["dossiers"]["dossiers"], told["newly_failing"]) == ("pass", 3, 0)
    assert main([*asked, "--ruleset", changed(tmp_path, "holds(1 / 0)")]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("整体核查：重判 3 个") for line in lines)
    assert lines[-1] == "gate: fail"
