"""Keeps one Airflow scheduler alive for real: ends it when it lives but no longer schedules.

A scheduler that loses its database while tasks run waits for those tasks before it ends, minutes in
our case, and starts nothing meanwhile. A service manager sees a living process and is content.
Whoever starts it again (systemd, Kubernetes, the demo) does so when this process ends.
"""

from __future__ import annotations

import json
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType

import psutil

GIVEN_UP_AFTER_S = 30.0
"""So long the server may call the scheduler unhealthy, which it does 30 s after its last sign."""
STARTS_WITHIN_S = 60.0
"""So long a new scheduler is not judged at all: what the server tells is about the one before."""
ENDED_BY_US = 75
"""The exit code when the scheduler was ended here: a temporary failure, start it again."""
_LOOK_EVERY_S = 5.0
_ANSWER_WITHIN_S = 5.0


@dataclass
class Patience:
    """How long it has gone without a sign of life, by our own monotonic clock (seconds)."""

    born: float
    last_sign: float

    def hears(self, healthy: bool | None, now: float) -> bool:
        """Takes in what the server says, None if nothing; True once the scheduler is given up.

        Silence of the server is no sign of death: it cannot say anything while the store is away.
        """
        if healthy or healthy is None:
            self.last_sign = now
        return now - self.last_sign >= GIVEN_UP_AFTER_S and now - self.born >= STARTS_WITHIN_S


def keep(
    command: Sequence[str],
    env: Mapping[str, str],
    health: Callable[[], bool | None],
    say: Callable[[str], None],
) -> int:
    """Runs the scheduler until it ends; returns its exit code, or ENDED_BY_US.

    A request to stop is passed on. With the scheduler ends all that it started.
    """
    scheduler = subprocess.Popen(command, env=dict(env))

    def pass_on(number: int, _: FrameType | None) -> None:
        with suppress(ProcessLookupError):
            scheduler.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, pass_on)
    patience = Patience(time.monotonic(), time.monotonic())
    while True:
        with suppress(subprocess.TimeoutExpired):
            code = scheduler.wait(_LOOK_EVERY_S)
            return code if code >= 0 else 128 - code
        if patience.hears(health(), time.monotonic()):
            say(
                f"the scheduler (process {scheduler.pid}) lives but has shown no sign of work for "
                f"a minute: ended with all that it runs, to be started again"
            )
            _end_whole(scheduler)
            return ENDED_BY_US


def healthy(address: str) -> bool | None:
    """What Airflow's server at `address` says of its newest scheduler; None if it cannot say."""
    with (
        suppress(OSError, ValueError, KeyError, TypeError),
        urllib.request.urlopen(  # noqa: S310  our own address
            f"{address}api/v2/monitor/health", timeout=_ANSWER_WITHIN_S
        ) as answer,
    ):
        told = json.load(answer)
        if told["metadatabase"]["status"] == "healthy":
            return bool(told["scheduler"]["status"] == "healthy")
    return None


def _end_whole(scheduler: subprocess.Popen[bytes]) -> None:
    """Kills the scheduler first, so that it starts nothing more, then what it had started."""
    with suppress(psutil.NoSuchProcess):
        running = psutil.Process(scheduler.pid).children(recursive=True)
        scheduler.kill()
        for process in running:
            with suppress(psutil.NoSuchProcess):
                process.kill()
    scheduler.wait()
