"""Which edition of a policy holds: a day begins where the office is, whoever asks from where."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from exchange.judging.rulesets import Rulesets
from tests.exchange.records import BODY, body, two_editions

MIDNIGHT = datetime(2026, 11, 20, tzinfo=ZoneInfo("Asia/Shanghai"))
"""The beginning of the day on which the second edition comes into force."""


@pytest.mark.parametrize(
    "zone", ["UTC", "Asia/Shanghai", "Pacific/Auckland", "America/Los_Angeles"]
)
def test_an_edition_begins_at_midnight_of_the_office(tmp_path: Path, zone: str) -> None:
    """A second before it the old one holds, from then on the new one, in whatever zone now is."""
    rulesets = Rulesets({BODY: body()}, two_editions(tmp_path, MIDNIGHT.date(), off="COM-001"))
    asked = MIDNIGHT.astimezone(ZoneInfo(zone))
    assert not rulesets.policy(BODY, asked - timedelta(seconds=1)).is_off("COM-001")
    assert rulesets.policy(BODY, asked).is_off("COM-001")


def test_the_shipped_pack_is_read_by_the_same_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a file of the installation, too, the body's pack is asked for the office's day."""
    asked: list[object] = []
    monkeypatch.setattr("exchange.judging.rulesets.load", lambda _, day: asked.append(day))
    Rulesets({BODY: body()}).policy(BODY, MIDNIGHT.astimezone(UTC))
    assert asked == [MIDNIGHT.date()]
