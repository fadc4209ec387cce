"""Whether a body that normally reports a table has gone quiet: by weekday, working days only.

Pure. Each weekday has its own habit: the share of such working days on which rows came. A pause is
silence when so many empty working days in a row are hardly ever met by chance under that habit.
Holidays and weekends neither count as silence nor as habit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import prod

from schemas.calendar import WorkingDays
from schemas.policy_terms import SilenceTerms

_DAY = timedelta(days=1)
_ALMOST_ALWAYS = 0.98
"""No habit is certain: a body that reported on every Monday may still miss one."""


@dataclass(frozen=True, slots=True)
class Silence:
    """A pause: the first empty working day, how many there are, what would have been usual.

    ``usual`` is rows per working day in the baseline, ``chance`` the probability of such a pause.
    ``provisional``: the year's holidays are not known.
    """

    since: date
    days: int
    usual: float
    chance: float
    provisional: bool


def silent(
    rows: Mapping[date, int], today: date, calendar: WorkingDays, terms: SilenceTerms
) -> Silence | None:
    """The silence of one body and table on a day that is not over yet; None when it is not silent.

    ``rows`` are the new rows by day of arrival; days without rows may be left out.
    """
    quiet = _pause(rows, today, calendar, terms.baseline_days)
    if len(quiet) < terms.least_days:
        return None
    before = _working_days_before(quiet[-1], calendar, terms.baseline_days)
    active = [day for day in before if rows.get(day)]
    if len(active) < terms.least_active_days:
        return None
    habit = {weekday: min(_ALMOST_ALWAYS, _share(rows, before, weekday)) for weekday in range(7)}
    chance = prod(1 - habit[day.weekday()] for day in quiet)
    if chance >= terms.chance:
        return None
    return Silence(
        since=quiet[-1],
        days=len(quiet),
        usual=sum(rows.get(day, 0) for day in before) / len(before),
        chance=chance,
        provisional=not all(calendar.knows(day) for day in quiet),
    )


def _pause(
    rows: Mapping[date, int], today: date, calendar: WorkingDays, longest: int
) -> list[date]:
    """Whole working days without a row until yesterday, latest first; none if today has rows."""
    quiet: list[date] = []
    if rows.get(today):
        return quiet
    day = today - _DAY
    while len(quiet) < longest and not rows.get(day):
        if calendar.is_working(day):
            quiet.append(day)
        day -= _DAY
    return quiet


def _working_days_before(day: date, calendar: WorkingDays, count: int) -> list[date]:
    found: list[date] = []
    while len(found) < count:
        day -= _DAY
        if calendar.is_working(day):
            found.append(day)
    return found


def _share(rows: Mapping[date, int], days: list[date], weekday: int) -> float:
    """How often rows came on working days of this weekday; 0 when there was no such day."""
    same = [day for day in days if day.weekday() == weekday]
    return sum(1 for day in same if rows.get(day)) / len(same) if same else 0.0
