"""Simulators as the processes they are: started, watched, stopped and killed by tests."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


def start(config: Path, module: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Starts ``python -m simulators.<module>``."""
    return subprocess.Popen(
        [sys.executable, "-m", f"simulators.{module}", *arguments, "--config", str(config)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        cwd=ROOT,
    )


@contextmanager
def running(config: Path, module: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A simulator for the length of a block; killed if it is still there at the end."""
    process = start(config, module, *arguments)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(10)


def wait_for(condition: Callable[[], object], seconds: float = 20.0) -> None:
    """Waits until a condition holds; fails when it does not in time."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"not within {seconds} s"
        time.sleep(0.1)
