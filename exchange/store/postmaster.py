"""The server process of a data folder, as its ``postmaster.pid`` and the kernel tell of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import psutil

_LINES_WHEN_READY = 8
_SEGMENT_ID, _ATTACHED = 1, 6
"""Columns of the kernel's list of shared memory segments."""


@dataclass(frozen=True)
class Postmaster:
    """What a server wrote about itself. It may be long dead: ask ``alive``."""

    data: Path
    pid: int
    port: int | None
    shared_memory: int | None
    ready: bool

    @classmethod
    def of(cls, data: Path) -> Postmaster | None:
        """The server that last said it serves ``data``; None after a clean stop."""
        try:
            lines = (data / "postmaster.pid").read_text("utf-8", "replace").splitlines()
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            return None
        if not lines or not lines[0].strip().isdecimal():
            return None
        lines += [""] * (_LINES_WHEN_READY - len(lines))
        memory = lines[6].split()
        return cls(
            data=data,
            pid=int(lines[0]),
            port=int(lines[3]) if lines[3].strip().isdecimal() else None,
            shared_memory=int(memory[-1]) if memory else None,
            ready=lines[7].strip() == "ready",
        )

    def alive(self) -> bool:
        """Is there a living server process of this data folder under this id?

        A dead one that nobody has reaped is dead, and another program that was given the same id
        is not ours.
        """
        try:
            process = psutil.Process(self.pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            return str(self.data) in process.cmdline()
        except psutil.NoSuchProcess:
            return False
        except psutil.AccessDenied:
            return True

    def stop(self, seconds: float) -> bool:
        """Ask for a fast, clean shutdown and wait for it; False if it takes longer."""
        try:
            psutil.Process(self.pid).send_signal(2)
        except psutil.NoSuchProcess:
            return True
        deadline = time.monotonic() + seconds
        while self.alive():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True


def shared_memory_in_use(segment: int | None) -> bool:
    """Does any process still hold the segment? The children of a killed server do for a moment."""
    if segment is None:
        return False
    try:
        rows = Path("/proc/sysvipc/shm").read_text("ascii").splitlines()[1:]
    except OSError:
        return False
    cells = (row.split() for row in rows)
    return any(row[_SEGMENT_ID] == str(segment) and row[_ATTACHED] != "0" for row in cells)
