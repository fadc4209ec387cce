from __future__ import annotations

import math

import pytest

from exchange.scorecards.measures import Measures, seconds_text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"),
        (math.inf, "未入库"),
        (8.53, "8.53秒"),
        (-3.0, "-3秒"),
        (300, "5分"),
        (7200, "2小时"),
        (864000, "10天"),
    ],
)
def test_seconds_as_people_read_them(seconds: float | None, text: str) -> None:
    """The unit grows with the size; unknown and never are words."""
    assert seconds_text(seconds) == text


def test_a_body_without_versions_has_no_shares() -> None:
    """Nothing judged is not the same as everything right."""
    assert set(Measures("420602", "襄城区").shares().values()) == {None}
