"""Programs that run beside us: started, watched, started again when they die, stopped for certain.

Each program leads a session of its own, so that everything it starts can be found again; it is
known by process id **and** start time, so that a stranger who later gets the same id is never
touched. What runs is written to `processes.json`: a demo whose supervisor was killed can still be
stopped.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

_START_TIME_TOLERANCE_S = 1.0
_SHORT_LIFE_S = 20.0
_LONGEST_PAUSE_S = 15.0
_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Program:
    """What to run: a short name, the command line, the whole environment, how to stop it.

    A program with `keep` is started again whenever it ends. `grace_s` is how long it may take to
    stop by itself after SIGTERM. With `whole_session` all that it started is signalled with it, and
    is killed after that time as a matter of course: what it runs is made to be killed at any line.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    keep: bool = True
    grace_s: float = 15.0
    whole_session: bool = False


@dataclass(frozen=True)
class Recorded:
    """One line of `processes.json`: enough to know the process again, in any later run."""

    name: str
    pid: int
    started: float

    def runs(self) -> bool:
        """Whether this very process lives."""
        with suppress(psutil.Error):
            return self._is_ours(psutil.Process(self.pid))
        return False

    def session(self) -> list[psutil.Process]:
        """Every living process of the session that this one leads or led, the leader first."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error, ProcessLookupError, PermissionError):
                if os.getsid(process.pid) == self.pid and self._is_ours(process):
                    found.append(process)
        return sorted(found, key=lambda process: process.pid != self.pid)

    def _is_ours(self, process: psutil.Process) -> bool:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        age = process.create_time() - self.started
        if process.pid == self.pid:
            return abs(age) < _START_TIME_TOLERANCE_S
        # While a member lives the kernel gives the session's number to nobody else.
        return age > -_START_TIME_TOLERANCE_S


@dataclass
class _Running:
    program: Program
    process: subprocess.Popen[bytes]
    record: Recorded
    born: float
    failures: int = 0
    again_at: float | None = None


@dataclass
class Supervisor:
    """Starts, watches and stops programs; logs and `processes.json` go into `folder`."""

    folder: Path
    _running: dict[str, _Running] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Makes the folder, and makes us the one to whom orphans of our programs are handed."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _adopt_orphans()
        self._write_record()

    def start(self, program: Program) -> int:
        """Starts `program` with its output appended to `<name>.log`; returns the process id."""
        with self.log(program.name).open("ab") as log:
            process = subprocess.Popen(
                program.argv,
                env=dict(program.env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        started = _start_time(process.pid)
        record = Recorded(program.name, process.pid, started)
        self._running[program.name] = _Running(program, process, record, time.monotonic())
        self._write_record()
        return process.pid

    def log(self, name: str) -> Path:
        """Where the output of the program of this name goes."""
        return self.folder / f"{name}.log"

    def has_ended(self, name: str) -> int | None:
        """The exit code of a program that has ended, None while it runs."""
        return self._running[name].process.poll()

    def watch(self) -> list[str]:
        """Starts again what has died and is to be kept; call it every second or so.

        Returns a sentence for each change. What a dead program left behind is stopped first, as a
        service manager would, since it holds ports and locks. A program that dies soon after each
        start is started at growing intervals.
        """
        _reap(keep={running.process.pid for running in self._running.values()})
        said = []
        now = time.monotonic()
        for running in list(self._running.values()):
            code = running.process.poll()
            if code is None or not running.program.keep:
                continue
            if running.again_at is None:
                short = now - running.born < _SHORT_LIFE_S
                running.failures = running.failures + 1 if short else 0
                pause = min(_LONGEST_PAUSE_S, 2.0**running.failures - 1.0)
                running.again_at = now + pause
                end(running.record.session(), signal.SIGKILL, grace_s=0)
                said.append(f"{running.program.name} ended ({_how(code)})")
            if now >= running.again_at:
                failures = running.failures
                self.start(running.program)
                self._running[running.program.name].failures = failures
                said.append(f"{running.program.name} started again")
        return said

    def pids(self) -> dict[str, int]:
        """Name → process id of what runs now."""
        return {
            name: running.process.pid
            for name, running in self._running.items()
            if running.process.poll() is None
        }

    def stop(self, names: Iterable[str] | None = None) -> list[str]:
        """Stops the named programs (default: all, last started first) with all they started.

        Returns the names of those that had to be killed though they should have stopped.
        """
        killed = []
        for name in list(names) if names is not None else list(reversed(self._running)):
            running = self._running.pop(name, None)
            if running is None:
                continue
            program = running.program
            at_once = program.whole_session
            late = stop_session(running.record, grace_s=program.grace_s, at_once=at_once)
            if late and not at_once:
                killed.append(name)
            running.process.wait()
        _reap(keep={running.process.pid for running in self._running.values()})
        self._write_record()
        return killed

    def left(self) -> list[psutil.Process]:
        """Processes that descend from us and still live; empty after a complete stop."""
        _reap(keep=set())
        return [
            child
            for child in psutil.Process().children(recursive=True)
            if child.is_running() and child.status() != psutil.STATUS_ZOMBIE
        ]

    def _write_record(self) -> None:
        own = Recorded("demo", os.getpid(), _start_time(os.getpid()))
        records = [own, *(running.record for running in self._running.values())]
        draft = self.folder / "processes.new"
        draft.write_text(json.dumps([asdict(record) for record in records], indent=1), "utf-8")
        draft.replace(self.folder / "processes.json")


def recorded(folder: Path) -> list[Recorded]:
    """What the last supervisor of `folder` wrote down, itself first; empty if there was none."""
    try:
        text = (folder / "processes.json").read_text("utf-8")
    except FileNotFoundError:
        return []
    return [Recorded(**entry) for entry in json.loads(text)]


def stop_session(record: Recorded, *, grace_s: float = 15.0, at_once: bool = False) -> bool:
    """Stops the leader, then what is left of its session; True if anything had to be killed.

    With `at_once` everything is asked to stop at the same time, not only the leader.
    """
    members = record.session()
    first = members if at_once else [each for each in members if each.pid == record.pid]
    killed = end(first, signal.SIGTERM, grace_s=grace_s)
    return end(record.session(), signal.SIGTERM, grace_s=3.0) or killed


def end(
    processes: Sequence[psutil.Process], stop_signal: signal.Signals, *, grace_s: float
) -> bool:
    """Signals the processes, waits, kills what is left; True if something had to be killed."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(stop_signal)
    deadline = time.monotonic() + grace_s
    alive = list(processes)
    while alive and time.monotonic() < deadline:
        time.sleep(0.05)
        alive = [process for process in alive if _lives(process)]
    for process in alive:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(alive, timeout=5)
    return bool(alive) and grace_s > 0


def _lives(process: psutil.Process) -> bool:
    """Whether it runs; a zombie waits only for its parent and does nothing more."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _start_time(pid: int) -> float:
    return psutil.Process(pid).create_time()


def _how(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def _adopt_orphans() -> None:
    """On Linux: processes whose parent dies become ours, not init's, so that none is lost."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _reap(keep: set[int]) -> None:
    """Takes leave of adopted orphans that have ended; those in `keep` are asked after elsewhere.

    What runs in our own session was started by us and waited for by who started it.
    """
    for child in psutil.Process().children():
        with suppress(psutil.NoSuchProcess, ProcessLookupError, ChildProcessError):
            ours = child.pid in keep or os.getsid(child.pid) == os.getsid(0)
            if not ours and child.status() == psutil.STATUS_ZOMBIE:
                os.waitpid(child.pid, os.WNOHANG)
