"""Which reminder of the policy's escalation is due for a case."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from schemas.calendar import WorkingDays
from schemas.policy import Escalation


def step_due(
    steps: Sequence[Escalation],
    deadline: date,
    notified: date,
    today: date,
    done: Collection[int],
    calendar: WorkingDays,
) -> int | None:
    """The step (working days after the deadline, negative before) to remind of today, or None.

    A step before the deadline is left out when its day was over before the notice went out, or when
    the deadline has passed meanwhile; a step is taken once, also when its day was missed.
    """
    for step in sorted(steps, key=lambda step: step.after_days):
        if step.action != "remind" or step.after_days in done:
            continue
        if step.after_days < 0:
            begins = working_day_before(deadline, -step.after_days, calendar)
            if notified < begins <= today <= deadline:
                return step.after_days
        elif today > calendar.add(deadline, step.after_days).day:
            return step.after_days
    return None


def working_day_before(day: date, count: int, calendar: WorkingDays) -> date:
    """The working day that lies ``count`` working days before ``day``."""
    while count > 0:
        day -= timedelta(days=1)
        count -= calendar.is_working(day)
    return day
