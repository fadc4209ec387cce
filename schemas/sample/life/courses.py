"""The courses a case can take: which steps follow one another, and when (rules PRC-001 to 013)."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from random import Random

from schemas.sample.worktime import later, soon


class Course(Enum):
    """How a case goes. The first four and REVOKED lead through a passing finish."""

    PASSED = "办结（通过）"
    CORRECTED = "补正后通过"
    SPECIAL = "经特别程序后通过"
    DEFICIENT = "容缺通过"
    FAILED = "办结（不通过）"
    WITHDRAWN = "撤件"
    DECLINED = "不受理"
    REFUSED = "不予受理"
    TAKEN_BACK = "撤回"
    REVOKED = "通过后撤销"


Step = tuple[str, datetime]

#: Status codes of list BLZT.
RECEIVED, WITHDRAWN, ACCEPTED, DECLINED, REFUSED = "1", "2", "3", "4", "5"
CORRECTING, CORRECTED, HANDLING, SPECIAL, SPECIAL_DONE = "6", "7", "8", "9", "10"
PASSED, DEFICIENT, FAILED, TAKEN_BACK, REVOKED = "11", "12", "13", "14", "15"
FINISHES = frozenset({PASSED, DEFICIENT, FAILED})

_LAST = {
    Course.DEFICIENT: DEFICIENT,
    Course.FAILED: FAILED,
    Course.WITHDRAWN: WITHDRAWN,
    Course.TAKEN_BACK: TAKEN_BACK,
}
#: Working days a special procedure may take.
SPECIAL_DAYS = 5


def steps(rng: Random, course: Course, received: datetime, limit: int) -> list[Step]:
    """The steps of a case from its receipt on, each later than the one before.

    ``limit`` is the promised time in working days; a case that finishes does so within it,
    special procedures not counted.
    """
    told: list[Step] = [(RECEIVED, received)]
    if course is Course.DECLINED:
        return [*told, (DECLINED, soon(rng, received))]
    if course in {Course.CORRECTED, Course.REFUSED}:
        told.append((CORRECTING, soon(rng, received)))
        then = later(rng, told[-1][1], rng.randint(1, 4))
        if course is Course.REFUSED:
            return [*told, (REFUSED, then)]
        told.append((CORRECTED, then))
    told.append((ACCEPTED, soon(rng, told[-1][1])))
    told.append((HANDLING, soon(rng, told[-1][1])))
    if course is Course.SPECIAL:
        told.append((SPECIAL, soon(rng, told[-1][1])))
        told.append((SPECIAL_DONE, later(rng, told[-1][1], rng.randint(2, SPECIAL_DAYS))))
    told.append((_LAST.get(course, PASSED), _end(rng, told[-1][1], limit)))
    if course is Course.REVOKED:
        told.append((REVOKED, later(rng, told[-1][1], rng.randint(3, 20))))
    return told


def _end(rng: Random, at: datetime, limit: int) -> datetime:
    """A moment within the limit, two days before it where there is room."""
    if limit <= 1:
        return soon(rng, soon(rng, at))
    return later(rng, at, rng.randint(1, max(1, limit - 2)))
