"""Programs beside us: started, found again, started anew, stopped with all they started."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from exchange.demo.processes import Program, Recorded, Supervisor, recorded, stop_session

SLEEPS = "import time; time.sleep(600)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
LEAVES_A_CHILD = f"""
import subprocess, sys, time
print(subprocess.Popen([sys.executable, "-c", {SLEEPS!r}]).pid, flush=True)
time.sleep(600)
"""


def program(name: str, code: str, *, keep: bool = True, grace_s: float = 5) -> Program:
    """A small Python program."""
    return Program(name, (sys.executable, "-c", code), os.environ, keep=keep, grace_s=grace_s)


def until(ready: Callable[[], object], seconds: float = 10) -> None:
    """Waits until ``ready``, which must happen within some seconds."""
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    """A supervisor whose programs are stopped after the test."""
    made = Supervisor(tmp_path / "run")
    yield made
    made.stop()


def test_stops_what_it_started(supervisor: Supervisor) -> None:
    """After stop no program is left and none had to be killed."""
    pid = supervisor.start(program("a", SLEEPS))
    assert supervisor.pids() == {"a": pid}
    assert supervisor.stop() == []
    assert not psutil.pid_exists(pid)
    assert supervisor.left() == []


def test_kills_what_does_not_stop(supervisor: Supervisor) -> None:
    """A program that ignores SIGTERM is killed after its grace, and named."""
    pid = supervisor.start(program("deaf", DEAF + "\n", grace_s=0.5))
    time.sleep(0.5)
    assert supervisor.stop() == ["deaf"]
    assert not psutil.pid_exists(pid)


def test_starts_again_what_died(supervisor: Supervisor) -> None:
    """A killed program runs again under a new process id, and both changes are told."""
    first = supervisor.start(program("a", SLEEPS))
    os.kill(first, signal.SIGKILL)
    said: list[str] = []

    def again() -> bool:
        said.extend(supervisor.watch())
        return supervisor.pids().get("a", first) != first

    until(again)
    assert said == ["a ended (SIGKILL)", "a started again"]


def test_does_not_restart_what_may_end(supervisor: Supervisor) -> None:
    """A program that is not to be kept ends and stays ended."""
    supervisor.start(program("once", "pass", keep=False))
    until(lambda: supervisor.has_ended("once") is not None)
    assert supervisor.watch() == []
    assert supervisor.has_ended("once") == 0


def test_children_of_a_dead_program_are_ended(supervisor: Supervisor) -> None:
    """What a killed program leaves behind would hold its ports: it is ended before the restart."""
    leader = supervisor.start(program("parent", LEAVES_A_CHILD))
    until(lambda: supervisor.log("parent").read_text().strip())
    child = int(supervisor.log("parent").read_text().split()[0])
    os.kill(leader, signal.SIGKILL)
    until(lambda: supervisor.watch() or not psutil.pid_exists(child))
    until(lambda: not psutil.pid_exists(child))


def test_record_finds_processes_after_the_supervisor_died(tmp_path: Path) -> None:
    """From the record alone a later run finds and stops what a killed supervisor left."""
    folder = tmp_path / "run"
    code = f"""
import os, signal, sys
from pathlib import Path
from exchange.demo.processes import Program, Supervisor
s = Supervisor(Path({str(folder)!r}))
s.start(Program("orphan", (sys.executable, "-c", {SLEEPS!r}), os.environ))
os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", code])
    supervisor, orphan = recorded(folder)
    assert not supervisor.runs()
    assert orphan.runs()
    stop_session(orphan)
    assert not orphan.runs()


def test_a_stranger_with_the_same_number_is_not_touched(tmp_path: Path) -> None:
    """A process that has the recorded id but another start time is somebody else's."""
    stranger = subprocess.Popen([sys.executable, "-c", SLEEPS], start_new_session=True)
    try:
        record = Recorded("ours", stranger.pid, psutil.Process(stranger.pid).create_time() + 3600)
        assert not record.runs()
        assert record.session() == []
        stop_session(record)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_record_is_readable_by_its_owner_only(supervisor: Supervisor) -> None:
    """Logs may hold what nobody else should read."""
    supervisor.start(program("a", SLEEPS))
    assert supervisor.folder.stat().st_mode & 0o077 == 0
    names = [
        entry["name"] for entry in json.loads((supervisor.folder / "processes.json").read_text())
    ]
    assert names == ["demo", "a"]
