"""When a body is looked at next, and how long and how often it may hold a thread."""

from __future__ import annotations

from datetime import datetime, timedelta

QUIET_AFTER = timedelta(minutes=2)
SLOWEST_AFTER = timedelta(minutes=10)
SLOWEST = 4
LONGEST_EXTRA = timedelta(seconds=8)
BUDGET = timedelta(seconds=15)
"""How long one body may read on while others wait for a thread."""


def interval(every: timedelta, quiet_for: timedelta | None) -> timedelta:
    """How long to the next look at a body whose file says ``every``.

    As the file says while rows come; the longer nothing came, the longer, up to four times as long
    and at most eight seconds more. ``quiet_for`` None: nothing has ever come, as the file says.
    """
    if quiet_for is None or quiet_for <= QUIET_AFTER:
        return every
    slower = min(quiet_for, SLOWEST_AFTER) / SLOWEST_AFTER * (SLOWEST - 1)
    return every + min(every * slower, LONGEST_EXTRA)


def may_start(*, in_trouble: bool, running_in_trouble: int, threads: int) -> bool:
    """Whether a body may take a thread: bodies in trouble never hold more than half of them.

    However many bodies hang at once, the others find a free thread.
    """
    return not in_trouble or running_in_trouble < max(1, threads // 2)


def budget_spent(began: datetime, moment: datetime, *, others_wait: bool) -> bool:
    """Whether a body that reads since ``began`` is to let others go first."""
    return others_wait and moment - began >= BUDGET
