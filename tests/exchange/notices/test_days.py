"""Days and times as people of the office read them, wherever the machine stands."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from exchange.notices.days import by_office_clock, chinese_time, day_of


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Asia/Shanghai"])
def test_times_are_those_of_the_office(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half past midnight in the office is told as such by a machine in any zone."""
    moment = datetime(2026, 11, 21, 16, 30, tzinfo=UTC)
    with monkeypatch.context() as there:
        there.setenv("TZ", zone)
        time.tzset()
        told = f"{by_office_clock(moment):%m-%d %H:%M}"
        assert (told, str(day_of(moment))) == ("11-22 00:30", "2026-11-22")
        assert chinese_time(moment) == "2026年11月22日0时30分"
    time.tzset()
