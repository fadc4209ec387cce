from __future__ import annotations

from datetime import date

import pytest

from exchange.notices.remind import step_due, working_day_before
from schemas.calendar import china
from schemas.policy import Escalation

DEADLINE = date(2026, 11, 27)  # a Friday
NOTIFIED = date(2026, 11, 20)
STEPS = (
    Escalation(-1, "remind", "数据报送单位", "8"),
    Escalation(0, "draft_circular", "市工改办", "8"),
    Escalation(2, "remind", "数据报送单位", "8"),
)


@pytest.mark.parametrize(
    ("today", "done", "step"),
    [
        (date(2026, 11, 25), (), None),
        (date(2026, 11, 26), (), -1),
        (date(2026, 11, 27), (), -1),
        (date(2026, 11, 27), (-1,), None),
        (date(2026, 11, 28), (), None),
        (date(2026, 12, 1), (), None),
        (date(2026, 12, 2), (), 2),
        (date(2026, 12, 30), (-1,), 2),
        (date(2026, 12, 30), (-1, 2), None),
    ],
)
def test_each_step_is_due_once_on_its_working_day(
    today: date, done: tuple[int, ...], step: int | None
) -> None:
    """A step before the deadline until the deadline, one after it from the end of its day."""
    assert step_due(STEPS, DEADLINE, NOTIFIED, today, done, china()) == step


def test_a_reminder_on_the_day_of_the_notice_is_left_out() -> None:
    """Who got the notice today need not be reminded of it today."""
    assert step_due(STEPS, DEADLINE, date(2026, 11, 26), date(2026, 11, 26), (), china()) is None


def test_working_days_are_counted_backwards_over_holidays() -> None:
    """The working day before 8 October 2026 lies before the National Day week."""
    assert working_day_before(date(2026, 10, 8), 1, china()) == date(2026, 9, 30)
