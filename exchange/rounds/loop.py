"""A loop that works until a time, rests when there is nothing to do, and stops when told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime

REST_S = 0.3


def now() -> datetime:
    """The time, read here at the edge and handed down as an argument everywhere else."""
    return datetime.now(UTC)


def repeat(
    work: Callable[[], int],
    *,
    until: datetime,
    stop: threading.Event,
    rest_s: float = REST_S,
) -> int:
    """Call ``work`` until ``until`` or ``stop``; it returns how much it did, 0 makes the loop rest.

    Returns the sum.
    """
    done = 0
    while not stop.is_set() and now() < until:
        did = work()
        done += did
        if not did:
            stop.wait(rest_s)
    return done
