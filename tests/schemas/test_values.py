"""What cell texts mean, and when two of them are the same value."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import Field
from schemas.values import NotOfTypeError, canonical, parse


def field(kind: Any) -> Field:
    """A field of this type and nothing else."""
    return Field("X", "某字段", "x", kind, "O", "high")


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("string", " a ", " a "),
        ("integer", "+007", 7),
        ("decimal", "-1.50", Decimal("-1.50")),
        ("date", "2024-02-29", date(2024, 2, 29)),
        ("date", "2024-02-29 00:00:00", date(2024, 2, 29)),
        ("datetime", "2026-11-20 09:30:00", datetime.fromisoformat("2026-11-20T09:30")),
    ],
)
def test_right_texts_are_read(kind: str, text: str, value: object) -> None:
    """Each type has its own form."""
    assert parse(field(kind), text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("integer", "１"),
        ("integer", "1.0"),
        ("integer", "9" * 19),
        ("integer", "1\n"),
        ("decimal", "1e5"),
        ("decimal", "1,000"),
        ("decimal", "NaN"),
        ("date", "0000-00-00"),
        ("date", "2026-02-30"),
        ("date", "2026/02/03"),
        ("datetime", "2026-11-20"),
        ("datetime", "2026-11-20 24:00:00"),
        ("datetime", "2026-11-20 09:30:00.0"),
    ],
)
def test_dirt_is_refused_in_chinese(kind: str, text: str) -> None:
    """The message says what the text should have been."""
    with pytest.raises(NotOfTypeError, match="应为"):
        parse(field(kind), text)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("integer", "+007", "7"),
        ("decimal", "1.50", "1.5"),
        ("decimal", "-0.00", "0"),
        ("decimal", "100", "100.000"),
        ("date", "2026-11-20 00:00:00", "2026-11-20"),
    ],
)
def test_ways_to_write_one_value_are_the_same(kind: str, one: str, other: str) -> None:
    """Idle zeros, signs and the midnight of a date are not content."""
    assert canonical(field(kind), one) == canonical(field(kind), other)


def test_empty_and_missing_are_the_same_and_dirt_stays_dirt() -> None:
    """Null and empty text compare equal; what cannot be read is compared as it is."""
    assert canonical(field("date"), None) == canonical(field("date"), "") == ""
    assert canonical(field("date"), "0000-00-00") == "0000-00-00"
    assert canonical(None, " x") == " x"


@given(st.sampled_from(["string", "integer", "decimal", "date", "datetime"]), st.text())
def test_the_normal_form_is_its_own_normal_form(kind: str, text: str) -> None:
    """Normalising never fails and twice is once."""
    once = canonical(field(kind), text)
    assert canonical(field(kind), once) == once
