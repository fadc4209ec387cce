"""Days and times as notices write them: the calendar day of the office, dates in Chinese form."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")


def by_office_clock(moment: datetime) -> datetime:
    """The same moment as the clocks of the office show it, wherever this machine stands."""
    return moment.astimezone(OFFICE_ZONE)


def day_of(now: datetime) -> date:
    """The office's calendar day at this instant."""
    return now.astimezone(OFFICE_ZONE).date()


def end_of(day: date) -> datetime:
    """The instant at which a day is over: a deadline on it has then passed."""
    return datetime.combine(day + timedelta(days=1), time(), OFFICE_ZONE)


def chinese_date(day: date) -> str:
    """The date as official documents write it: 2026年11月22日, no leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_time(at: datetime) -> str:
    """Date and minute in the office's zone: 2026年11月22日9时05分."""
    local = at.astimezone(OFFICE_ZONE)
    return f"{chinese_date(local.date())}{local.hour}时{local.minute:02d}分"
