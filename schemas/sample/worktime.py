"""Moments at which offices work: working days, morning and afternoon, whole seconds.

All moments are Asia/Shanghai wall time without a zone, as in records.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

from schemas.calendar import china, is_working_day

_MORNING = (time(8, 30), time(11, 50))
_AFTERNOON = (time(14, 30), time(17, 20))


def later(rng: Random, at: datetime, days: int) -> datetime:
    """A moment of work so many working days (at least one) after the day of ``at``."""
    return _moment(rng, china().add(at.date(), max(1, days)).day)


def soon(rng: Random, at: datetime) -> datetime:
    """The next moment of work within the same hour; the next working morning after hours."""
    then = at + timedelta(minutes=rng.randint(2, 35), seconds=rng.randint(0, 59))
    if _open(then):
        return then
    if is_working_day(then.date()) and then.time() < _AFTERNOON[0]:
        return datetime.combine(then.date(), _AFTERNOON[0]) + timedelta(
            minutes=rng.randint(1, 40), seconds=rng.randint(0, 59)
        )
    return _moment(rng, china().add(then.date(), 1).day)


def _open(at: datetime) -> bool:
    return is_working_day(at.date()) and any(
        start <= at.time() <= end for start, end in (_MORNING, _AFTERNOON)
    )


def _moment(rng: Random, day: date) -> datetime:
    start, end = rng.choice((_MORNING, _AFTERNOON))
    first = datetime.combine(day, start)
    length = int((datetime.combine(day, end) - first).total_seconds())
    return first + timedelta(seconds=rng.randint(0, length))
