"""A demo under Airflow, killed with -9 in full flow, mends itself; the catalogue has the rest."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.faults.schedulers import scheduler_under

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1200)]
ROOT = Path(__file__).parents[2]
LIVES_FOR_MINUTES = 1.5
UP_WITHIN_S = 240
ENDS_WITHIN_S = 700


@dataclass
class Demo:
    """A demo that runs as its user runs it: a process of its own, read by what it prints."""

    state: Path
    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def wait_for(self, words: str, within_s: float) -> str:
        """The first line with these words."""
        ends = time.monotonic() + within_s
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if words in line:
                return line
            assert time.monotonic() < ends, f"no {words!r} within {within_s} s:\n{self.text}"
        pytest.fail(f"the demo ended before it said {words!r}:\n{self.text}")

    def pid(self, name: str) -> int:
        """The process id of one of its programs, as it stands in its record."""
        record: list[dict[str, Any]] = json.loads(
            (self.state / "demo" / "run" / "processes.json").read_text()
        )
        return next(int(part["pid"]) for part in record if part["name"] == name)

    def store_pid(self) -> int:
        """The process id of our PostgreSQL."""
        lines = (self.state / "demo" / "store" / "data" / "postmaster.pid").read_text()
        return int(lines.splitlines()[0])

    @property
    def text(self) -> str:
        """Everything it said."""
        return "".join(self.lines)


@contextmanager
def running_demo(folder: Path, *options: str) -> Iterator[Demo]:
    """A demo on ports of its own; whatever happens it is stopped at the end."""
    command = [
        *(sys.executable, "-m", "exchange", "demo", "--headless", "--port-base", "0"),
        *("--minutes", str(LIVES_FOR_MINUTES), *options),
    ]
    env = os.environ | {"SPGL_STATE": str(folder), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield Demo(folder, process)
    finally:
        process.terminate()
        process.communicate(timeout=200)


def kill(find: Callable[[], int]) -> None:
    """Kill -9, then let the system live on for a while."""
    os.kill(find(), signal.SIGKILL)
    time.sleep(8)


def test_killed_scheduler_and_store_in_full_flow(tmp_path: Path) -> None:
    """Scheduler and store killed one after the other: nothing lost, nothing twice, none waits."""
    with running_demo(tmp_path / "s") as demo:
        demo.wait_for("everything is up", UP_WITHIN_S)
        time.sleep(12)
        kill(lambda: scheduler_under(demo.pid("airflow-scheduler")))
        kill(demo.store_pid)
        answer = demo.wait_for('{"received"', ENDS_WITHIN_S)
        assert demo.process.wait(60) == 0, demo.text
    result = json.loads(answer)
    assert result["received"] > 500, demo.text
    assert result["confirmed"] > 200, demo.text
    assert result["unaccounted"] == 0
    assert result["waiting"] == 0, demo.text
    audit = re.search(r"counts (\d+) duplicates", demo.text)
    assert audit, demo.text
    assert audit[1] == "0", demo.text
