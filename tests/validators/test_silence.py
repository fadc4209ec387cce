"""A body that went quiet is told from one that reports rarely, and from holidays."""

from __future__ import annotations

from datetime import date, timedelta

from schemas.calendar import WorkingDays, china
from schemas.policy import load
from validators.silence import silent

TODAY = date(2026, 11, 20)  # a Friday
TERMS = load("420600", TODAY).silence
CALENDAR = china()


def every_working_day(until: date, rows: int = 5) -> dict[date, int]:
    """Rows on every working day of a year up to and including ``until``."""
    days = (until - timedelta(days=n) for n in range(365))
    return {day: rows for day in days if CALENDAR.is_working(day)}


def test_quiet_for_two_working_days_is_silence_for_a_daily_reporter() -> None:
    """Who reports every working day is silent after two empty ones; since when is named."""
    found = silent(every_working_day(date(2026, 11, 17)), TODAY, CALENDAR, TERMS)
    assert found is not None
    assert (found.since, found.days) == (date(2026, 11, 18), 2)
    assert found.usual == 5
    assert found.chance < 0.001
    assert not found.provisional


def test_one_empty_day_is_not_yet_silence() -> None:
    """Yesterday alone says nothing."""
    assert silent(every_working_day(date(2026, 11, 18)), TODAY, CALENDAR, TERMS) is None


def test_today_counts_only_when_it_is_over() -> None:
    """A row of today ends the pause; a missing one does not lengthen it."""
    rows = every_working_day(date(2026, 11, 17))
    assert silent({**rows, TODAY: 1}, TODAY, CALENDAR, TERMS) is None


def test_weekend_and_holidays_are_no_silence() -> None:
    """After the National Day week, nine days without rows, nobody is silent."""
    rows = every_working_day(date(2026, 9, 30))
    assert silent(rows, date(2026, 10, 8), CALENDAR, TERMS) is None
    assert silent(rows, date(2026, 10, 9), CALENDAR, TERMS) is None  # one empty working day
    assert silent(rows, date(2026, 10, 10), CALENDAR, TERMS) is not None


def test_who_reports_on_mondays_is_not_silent_on_a_friday() -> None:
    """The habit of each weekday counts: four empty days are usual for a weekly reporter."""
    rows = {day: n for day, n in every_working_day(TODAY).items() if day.weekday() == 0}
    assert silent(rows, TODAY, CALENDAR, TERMS) is None
    late = {day: n for day, n in rows.items() if day < date(2026, 11, 9)}
    assert silent(late, TODAY, CALENDAR, TERMS) is not None  # two Mondays were missed


def test_a_rare_reporter_has_no_habit() -> None:
    """With a row a month nothing can be said."""
    rows = {TODAY - timedelta(days=n): 1 for n in range(40, 365, 30)}
    assert silent(rows, TODAY, CALENDAR, TERMS) is None


def test_unknown_year_is_provisional() -> None:
    """In a year whose holidays are not known the answer says so."""
    blind = WorkingDays(CALENDAR.off, CALENDAR.work, frozenset({2025}))
    found = silent(every_working_day(date(2026, 11, 17)), TODAY, blind, TERMS)
    assert found is not None
    assert found.provisional
