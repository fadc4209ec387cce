"""What every DAG file must be: thin, explained, owned, limited in time, stable."""

from __future__ import annotations

import ast
import re
from typing import Any

import pytest

from connectors.county import load_bodies
from exchange.settings import ROOT
from tests.dags.conftest import Airflow

pytestmark = pytest.mark.airflow

STAGES = {
    "pull_counties", "judge_landed", "deliver_province", "chase_notices", "score_counties",
    "watch_exchange", "watch_silence", "probe_links", "maintain_airflow", "expect_store",
    "reconcile_bodies", "prove_ledger",
}  # fmt: skip
RELIEVED = {"pull_counties", "deliver_province"}
NEAR_REAL_TIME = "近实时"
MOST_LINES = 120


@pytest.fixture(scope="module")
def described(airflow: Airflow) -> dict[str, Any]:
    """All DAGs, as a fresh process reads them."""
    return airflow("describe", PYTHONHASHSEED="1")


def test_all_stages_load(described: dict[str, Any]) -> None:
    """Each stage of the business is there and no file fails to import."""
    assert described["errors"] == {}
    assert set(described["dags"]) == STAGES


def test_file_is_named_after_its_dag(described: dict[str, Any]) -> None:
    """One DAG per file, found by its name."""
    assert {name: dag["file"] for name, dag in described["dags"].items()} == {
        name: f"{name}.py" for name in STAGES
    }


def test_everything_is_explained(described: dict[str, Any]) -> None:
    """A DAG says what it does, what to look at, what to do when it fails; a task what it does."""
    for name, dag in described["dags"].items():
        for heading in ("做什么", "看什么", "出错怎么办"):
            assert f"**{heading}。**" in dag["doc"], f"{name} does not say {heading}"
        assert re.search("[\u4e00-\u9fff]", dag["name"]), f"{name} has no Chinese name"
        assert dag["tags"], f"{name} has no tag"
        for task in dag["tasks"].values():
            assert task["doc"], f"a task of {name} is not explained"


def test_everything_has_an_owner_and_limits(described: dict[str, Any]) -> None:
    """No task may hang for ever or fail at the first hiccup; only the watch reports at once."""
    for name, dag in described["dags"].items():
        assert dag["owner"] == "exchange"
        for task in dag["tasks"].values():
            assert 0 < task["timeout_s"] <= 1800
            assert task["retries"] == 0 if name.startswith("watch_") else task["retries"] >= 2


def test_near_real_time_goes_before_all_else(described: dict[str, Any]) -> None:
    """When there is not room for all, what the minutes of the records hang on comes first."""
    assert {n for n, dag in described["dags"].items() if NEAR_REAL_TIME in dag["tags"]} > RELIEVED
    for name, dag in described["dags"].items():
        for task in dag["tasks"].values():
            assert (task["priority"] > 1) == (NEAR_REAL_TIME in dag["tags"]), name


def test_time_is_that_of_the_office(described: dict[str, Any]) -> None:
    """Schedules are meant in Chinese time and nothing is made up for the past."""
    for name, dag in described["dags"].items():
        assert dag["timezone"] == "Asia/Shanghai"
        assert not dag["catchup"]
        # Only what is relieved at its post runs beside its successor for a moment.
        assert dag["max_active_runs"] == (2 if name in RELIEVED else 1)


def test_every_body_is_seen_by_name(described: dict[str, Any]) -> None:
    """The pull names each body of the county files as an asset of its own."""
    tasks = described["dags"]["pull_counties"]["serialised"]["dag"]["tasks"]
    text = str(tasks)
    for code, body in load_bodies().items():
        assert f"{body.name} {code}" in text


def test_reading_twice_gives_the_same(described: dict[str, Any], airflow: Airflow) -> None:
    """Another process makes the same DAGs, or Airflow would count a new version each time."""
    again = airflow("describe", PYTHONHASHSEED="2")
    assert again["dags"] == described["dags"]


def test_files_only_wire() -> None:
    """A DAG file is short, and at its top imports nothing heavier than Airflow and county files."""
    allowed = {"airflow", "connectors", "datetime", "pendulum", "time", "typing"}
    for path in sorted((ROOT / "dags").glob("*.py")):
        text = path.read_text("utf-8")
        assert len(text.splitlines()) <= MOST_LINES, path.name
        for node in ast.parse(text).body:
            if isinstance(node, ast.Import):
                assert {alias.name.split(".")[0] for alias in node.names} <= allowed
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").split(".")[0] in allowed


def test_no_helper_modules_among_the_dags() -> None:
    """Work belongs into the exchange; what lies here is taken for a DAG."""
    assert {path.stem for path in (ROOT / "dags").glob("*.py")} == STAGES
