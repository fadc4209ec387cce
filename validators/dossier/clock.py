"""Working days of a case, a stage, a project: with and without the time that does not count."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from schemas.calendar import Count, WorkingDays
from validators.dossier.course import Course, Span

_WORKING, _NATURAL = "1", "2"


def item_days(course: Course, until: datetime, calendar: WorkingDays) -> Count | None:
    """Working days from acceptance to ``until`` less corrections and special procedures.

    None when the case was not accepted. The day of acceptance is not counted.
    """
    start = course.accepted
    if start is None or until < start:
        return None
    pauses = [
        (max(begin, start), min(end, until))
        for begin, end in course.pauses(until)
        if end > start and begin < until
    ]
    whole = calendar.between(start.date(), until.date())
    paused = total_days(pauses, calendar)
    return Count(max(0, whole.days - paused.days), whole.provisional or paused.provisional)


def total_days(spans: Iterable[Span], calendar: WorkingDays) -> Count:
    """Working days covered by any of the spans; what runs side by side counts once."""
    days, provisional = 0, False
    for begin, end in _merged((begin.date(), end.date()) for begin, end in spans):
        count = calendar.between(begin, end)
        days, provisional = days + count.days, provisional or count.provisional
    return Count(days, provisional)


def _merged(spans: Iterable[tuple[date, date]]) -> list[tuple[date, date]]:
    merged: list[tuple[date, date]] = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def elapsed(sort: str, begin: datetime, end: datetime, calendar: WorkingDays) -> Count | None:
    """Days by the sort of the limit (list SHIXIANLX): working days or natural days, else None."""
    if sort == _WORKING:
        return calendar.between(begin.date(), end.date())
    if sort == _NATURAL:
        return Count(max(0, (end.date() - begin.date()).days), provisional=False)
    return None
