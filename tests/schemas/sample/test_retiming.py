"""A story told faster keeps its order, its steps apart and stays within its span."""

from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

import schemas
from schemas.sample import SpanTooShortError, least_span, retime, story

STANDARD = schemas.load("3.0")
START = datetime(2024, 3, 5, 9, 0)  # noqa: DTZ001 – wall time, as records have it
NOW = datetime(2026, 11, 22, 3, 0)  # noqa: DTZ001 – wall time, as records have it
LIFE = story(STANDARD, "420602", Random(4), START, kind="government_building")


def test_order_and_span_are_kept() -> None:
    """Moments keep their strict order and lie within the span, business times before them."""
    faster = retime(STANDARD, LIFE, NOW, timedelta(minutes=5))
    assert len(faster) == len(LIFE)
    for (before, after), (old, later) in zip(pairwise(faster), pairwise(LIFE), strict=True):
        assert (before.at < after.at) == (old.at < later.at)
    assert faster[0].at >= NOW
    assert faster[-1].at <= NOW + timedelta(minutes=5)
    for event in faster:
        for field in STANDARD.table(event.table).fields:
            text = event.record[field.code]
            if field.type == "datetime" and text:
                assert NOW <= datetime.fromisoformat(text) <= event.at


def test_steps_of_a_case_stay_seconds_apart() -> None:
    """No two steps of a case fall into the same second, even in the shortest span."""
    faster = retime(STANDARD, LIFE, NOW, least_span(STANDARD, LIFE))
    steps = [
        (event.record["SPSXSLBM"], event.record["BLSJ"])
        for event in faster
        if event.table == "SPGL_XMSPSXBLXXXXB"
    ]
    assert len(set(steps)) == len(steps)


def test_special_procedures_still_begin_with_their_step() -> None:
    """The start of a special procedure stays the moment of its status-9 step (PRC-014)."""
    lives = (story(STANDARD, "420602", Random(seed), START) for seed in range(50))
    life = next(
        life for life in lives if any(event.table == "SPGL_XMSPSXBLTBCXXXB" for event in life)
    )
    faster = retime(STANDARD, life, NOW, timedelta(minutes=5))
    starts = {
        (event.record["SPSXSLBM"], event.record["BLSJ"])
        for event in faster
        if event.record.get("BLZT") == "9"
    }
    procedures = {
        (event.record["SPSXSLBM"], event.record["TBCXKSSJ"])
        for event in faster
        if event.table == "SPGL_XMSPSXBLTBCXXXB"
    }
    assert procedures == starts


def test_orders_of_days_within_a_row_stay() -> None:
    """Days move together with their row, so that start stays before completion."""
    faster = retime(STANDARD, LIFE, NOW, timedelta(minutes=5))
    for event in faster:
        if event.table == "SPGL_JSGCJGYSBAXXB":
            started, ended, filed = (event.record[code] or "" for code in ("KGRQ", "JGRQ", "BARQ"))
            assert started < ended <= filed == "2026-11-22"


def test_a_span_too_short_is_refused() -> None:
    """A span with fewer seconds than moments is an error that says how many are needed."""
    with pytest.raises(SpanTooShortError, match="seconds"):
        retime(STANDARD, LIFE, NOW, timedelta(seconds=10))


def test_nothing_to_tell_is_nothing() -> None:
    """No events give no events."""
    assert retime(STANDARD, [], NOW, timedelta()) == []
