"""When to try again: seconds first, then a long ladder, never in step with one another."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

RETRY_S = (1, 2, 5, 15, 60, 120, 300, 600)
JITTER = 0.2


def retry_at(now: datetime, attempt: int, seed: int) -> datetime:
    """When attempt ``attempt`` + 1 is due; the last rung repeats for ever."""
    return now + timedelta(seconds=_rung(RETRY_S, attempt - 1) * _jitter(seed, attempt))


def ask_at(now: datetime, waited_s: float, seed: int) -> datetime:
    """When to look for a verdict again, after waiting ``waited_s`` seconds: a tenth of that."""
    step = max(1.0, min(60.0, waited_s / 10))
    return now + timedelta(seconds=step * _jitter(seed, int(waited_s)))


def _rung(ladder: tuple[int, ...], index: int) -> int:
    return ladder[min(max(index, 0), len(ladder) - 1)]


def _jitter(seed: int, attempt: int) -> float:
    """A factor between 0.8 and 1.2 that is the same for the same attempt of the same version."""
    digest = hashlib.blake2b(f"{seed}/{attempt}".encode(), digest_size=2).digest()
    return 1 + JITTER * (int.from_bytes(digest) / 32767.5 - 1)
