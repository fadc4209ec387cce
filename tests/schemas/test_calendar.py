"""Working days: the official table, its gaps and the counting rule."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta

import pytest

from schemas.calendar import CHINA, Count, Deadline, china, is_working_day

VECTORS = [
    ("2026-09-30", 5, "2026-10-13"),
    ("2026-02-13", 3, "2026-02-25"),
    ("2026-02-14", 3, "2026-02-26"),
    ("2025-12-31", 1, "2026-01-04"),
    ("2026-11-20", 3, "2026-11-25"),
]


@pytest.mark.parametrize(("start", "count", "end"), VECTORS)
def test_deadlines_over_holidays_and_make_up_days(start: str, count: int, end: str) -> None:
    """Published vectors: the first day is not counted, make-up days are, and back again."""
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    assert china().add(first, count) == Deadline(last, provisional=False)
    assert china().between(first, last) == Count(count, provisional=False)


@pytest.mark.parametrize(
    ("text", "working"),
    [
        ("2026-01-04", True),
        ("2026-02-14", True),
        ("2026-02-16", False),
        ("2026-06-19", False),
        ("2026-11-21", False),
        ("2025-05-02", False),
        ("2025-10-11", True),
    ],
)
def test_single_days(text: str, working: bool) -> None:
    """Holidays on weekdays are off, make-up weekends work, plain weekends do not."""
    assert is_working_day(date.fromisoformat(text)) is working


def test_every_year_has_the_number_of_working_days_its_notice_gives() -> None:
    """The sum over each known year equals the number written beside it."""
    for year, entry in tomllib.loads(CHINA.read_text("utf-8"))["years"].items():
        first = date(int(year), 1, 1)
        days = (
            first + timedelta(days=n) for n in range((date(int(year), 12, 31) - first).days + 1)
        )
        assert sum(china().is_working(day) for day in days) == entry["working_days"], year


def test_a_year_without_notice_is_provisional_never_guessed_silently() -> None:
    """A deadline that reaches into an unknown year is computed and marked."""
    beyond = max(china().years) + 1
    eve = date(beyond - 1, 12, 30)
    assert china().add(eve, 5).provisional
    assert china().add(date(beyond, 5, 1), 0).provisional
    assert china().between(eve, date(beyond, 1, 8)).provisional
    assert not china().knows(date(beyond, 1, 1))


def test_a_start_on_a_day_off_counts_as_the_next_working_day() -> None:
    """Saturday plus one is Tuesday, as Monday plus one; adding nothing gives Monday."""
    saturday, monday = date(2026, 11, 21), date(2026, 11, 23)
    assert china().add(saturday, 1) == china().add(monday, 1)
    assert china().add(saturday, 0).day == monday
    assert china().between(saturday, monday).days == 0


def test_nothing_lies_between_a_day_and_an_earlier_one() -> None:
    """The count is never negative; a negative count to add is refused."""
    assert china().between(date(2026, 11, 20), date(2026, 11, 2)).days == 0
    with pytest.raises(ValueError, match="must be 0 or more"):
        china().add(date(2026, 11, 20), -1)
