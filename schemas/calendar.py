"""Working days after the State Council's holiday notices, and days that can only be guessed.

A day not named by a notice follows the week. The notice for a year usually appears in November of
the year before; until it is in the table, every answer that touches that year is *provisional*:
computed from the plain week and marked, never passed off as certain.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Self

CHINA = Path(__file__).parent / "lists" / "calendar_cn.toml"

_SATURDAY = 5
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The day by which something is due; ``provisional`` while a year on the way is unknown."""

    day: date
    provisional: bool


@dataclass(frozen=True, slots=True)
class Count:
    """A number of working days; ``provisional`` while a year on the way is unknown."""

    days: int
    provisional: bool


@dataclass(frozen=True)
class WorkingDays:
    """A calendar: days off and make-up working days of the years it knows."""

    off: frozenset[date]
    work: frozenset[date]
    years: frozenset[int]

    @classmethod
    def read(cls, path: Path) -> Self:
        """The calendar of a TOML file in the form of ``lists/calendar_cn.toml``."""
        years: dict[str, dict[str, Any]] = tomllib.loads(path.read_text("utf-8"))["years"]
        return cls(
            off=frozenset(
                day
                for year in years.values()
                for first, last in year["off"]
                for day in _range(date.fromisoformat(first), date.fromisoformat(last))
            ),
            work=frozenset(
                date.fromisoformat(day) for year in years.values() for day in year["work"]
            ),
            years=frozenset(int(year) for year in years),
        )

    def over(self, under: WorkingDays) -> WorkingDays:
        """This table over another: a year that both know is taken from this one."""
        return WorkingDays(
            off=self.off | {day for day in under.off if day.year not in self.years},
            work=self.work | {day for day in under.work if day.year not in self.years},
            years=self.years | under.years,
        )

    def knows(self, day: date) -> bool:
        """Whether the notice of this day's year is in the table."""
        return day.year in self.years

    def is_working(self, day: date) -> bool:
        """Whether offices work on this day; in unknown years by the plain week (see ``knows``)."""
        if day in self.work:
            return True
        return day not in self.off and day.weekday() < _SATURDAY

    def add(self, day: date, count: int) -> Deadline:
        """The day ``count`` working days after ``day``.

        The first day is not counted. A start on a day off counts as made on the next working day.
        Raises ValueError for a negative count.
        """
        if count < 0:
            raise ValueError(f"cannot add {count} working days; the count must be 0 or more")
        provisional = not self.knows(day)
        while not self.is_working(day):
            day += _DAY
            provisional |= not self.knows(day)
        while count > 0:
            day += _DAY
            provisional |= not self.knows(day)
            count -= self.is_working(day)
        return Deadline(day, provisional)

    def between(self, start: date, end: date) -> Count:
        """The working days after ``start`` up to and including ``end``; 0 when end is not later.

        The inverse of ``add``: a start on a day off counts as the next working day.
        """
        while start < end and not self.is_working(start):
            start += _DAY
        days = list(_range(start + _DAY, end)) if start < end else []
        return Count(
            days=sum(self.is_working(day) for day in days),
            provisional=not all(self.knows(day) for day in (start, end, *days)),
        )


@cache
def china() -> WorkingDays:
    """The calendar that ships."""
    return WorkingDays.read(CHINA)


def is_working_day(day: date) -> bool:
    """Whether offices in China work on this day; in unknown years by the plain week."""
    return china().is_working(day)


def _range(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
