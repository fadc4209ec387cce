"""The catalogue is whole, its points exist, and its results are shown as promised."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.all_faults import ALL, NAMES
from tests.faults.catalogue import Result
from tests.faults.results import FILE, keep, page, read
from tests.faults.traps import FOLDER

ROOT = Path(__file__).parents[2]
PROMISED = [
    "source-unreachable",
    "source-slow-drip",
    "source-half-page",
    "late-commit-120s",
    "equal-timestamps-10k",
    "clock-skew-10min",
    "column-dropped",
    "encoding-broken",
    "puller-killed-before-commit",
    "puller-killed-after-commit",
    "judge-killed-mid-batch",
    "ruleset-swapped-mid-batch",
    "store-restarted",
    "store-killed",
    "disk-full",
    "sender-killed-before-send",
    "sender-killed-after-send-before-ack",
    "upstream-timeout-but-committed",
    "upstream-rejects-late",
    "upstream-lies-success",
    "upstream-down-1h",
    "parent-rejected-children-waiting",
    "notice-channel-down",
    "scheduler-killed",
    "same-task-twice",
    "two-schedulers",
    "worker-paused-then-resumed",
    "network-cut-mid-transfer",
    "county-flood-100x",
    "replay-old-day",
    "duplicate-after-failure",
    "withdraw-then-resubmit",
    "correction-races-refusal",
]


def made_up(name: str, *, lost: int = 0) -> Result:
    """A result of nothing."""
    return Result(name, 1, 100, lost, 0, 0, recovered=True, seconds=1.5, why="because")


def test_every_promised_fault_is_in_the_catalogue() -> None:
    """No name is missing, none is there twice."""
    assert set(PROMISED) <= set(NAMES)
    assert len(NAMES) == len(set(NAMES))


def test_the_points_are_functions_of_the_program(tmp_path: Path) -> None:
    """A renamed function would leave its trap without effect: the program does not start then."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.trapped", "exchange", "--help"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), FOLDER: str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_results_are_kept_and_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept comes back, the page names every fault, the JSON has the promised names."""
    monkeypatch.setenv(FILE, str(tmp_path / "results"))
    for fault in ALL:
        keep(made_up(fault.name))
    kept = read(tmp_path / "results")
    assert kept == [made_up(name) for name in NAMES]
    shown = page(kept)
    assert all(f"`{name}`" in shown for name in NAMES)
    assert "once more" not in shown
    assert list(kept[0].to_json()) == [
        "name", "kills", "acknowledged", "lost", "duplicated", "unexpected", "recovered", "seconds",
    ]  # fmt: skip


def test_a_second_time_is_not_hidden() -> None:
    """What was lived through once more says so, with what had not been seen in time."""
    (first, *others) = [made_up(name) for name in NAMES]
    told = page([replace(first, again="not in time:\n a row to arrive"), *others])
    assert f"* `{first.name}` was lived through once more" in told
    assert "not in time: a row to arrive" in told


def test_one_loss_is_not_good() -> None:
    """A single lost record makes a result bad."""
    assert made_up("x").good
    assert not made_up("x", lost=1).good
