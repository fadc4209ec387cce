"""The soak: programs killed at random, at random moments and points, while the city works.

What is killed, when and where is drawn from one seed, which is printed: the same seed draws the
same kills again (the city's own timing, of course, is another each time).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from random import Random

from tests.faults.catalogue import Result, Stage, judged
from tests.faults.city import LOOPS, NotInTimeError
from tests.faults.traps import POINTS

PROGRAMS = (*LOOPS, "intake", "province", "counties")
STORE = "store"
PAUSE_S = (0.2, 2.5)
TRAP_SHARE, TRAP_S = 0.3, 6.0
LOOK_EVERY = 25


def soak(stage: Stage, kills: int, seed: int, say: Callable[[str], None]) -> Result:
    """So many kills, then the recovery and the verdict over the full history."""
    rng = Random(seed)
    began, before, killed = time.monotonic(), stage.landed(), stage.city.kills
    why: list[str] = []
    while stage.city.kills - killed < kills:
        time.sleep(rng.uniform(*PAUSE_S))
        what = _strike(stage, rng)
        done = stage.city.kills - killed
        say(f"{done}/{kills} {what}")
        if done and done % LOOK_EVERY == 0:
            stage.city.wait(stage.city.all_run, 120, "all programs to run")
            with suppress(OSError):
                stage.hand.say("420602", *stage.hand.lines("420602", 5))
    return judged(stage, f"soak-{kills}", began, killed, before, why)


def _strike(stage: Stage, rng: Random) -> str:
    """One kill: at a named point, or of a program wherever it is; says which."""
    if rng.random() < TRAP_SHARE:
        point = rng.choice(POINTS).name
        try:
            pid = stage.city.spring(point, TRAP_S)
        except NotInTimeError:
            return f"nobody came to {point}"
        return f"process {pid} at {point}"
    name = rng.choice((*PROGRAMS, STORE))
    if name == STORE:
        pid_of_store = stage.city.store_pid()
        if pid_of_store is None:
            return "the store is away already"
        stage.city.kill_pid(pid_of_store)
        return f"store, process {pid_of_store}"
    pid_of_program = stage.city.pid(name)
    if pid_of_program is None:
        return f"{name} is away already"
    stage.city.kill_pid(pid_of_program)
    return f"{name}, process {pid_of_program}"
