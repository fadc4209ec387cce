"""The province's independent account of what came twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from schemas import load
from simulators.events import SHANGHAI
from simulators.province.audit import Times, duplicates

TABLE = load("3.0").table("SPGL_XMJBXXB")
AT = datetime(2026, 3, 10, 10, 0, tzinfo=SHANGHAI)


def row(
    lsh: int, name: str = "甲", *, valid: str = "1", status: str = "3"
) -> dict[str, str | None]:
    """A row of the one project of these tests."""
    return {
        "LSH": str(lsh),
        "XZQHDM": "420602",
        "GCDM": "G1",
        "XMMC": name,
        "SJYXBS": valid,
        "SJSCZT": status,
        "SBYY": None,
    }


def kinds(*rows: dict[str, str | None], times: dict[str, Times] | None = None) -> list[str]:
    """What the audit finds in these rows."""
    return [found.kind for found in duplicates(TABLE, rows, times or {})]


def test_a_correction_by_protocol_is_no_duplicate() -> None:
    """Invalidate, then send: also twice, also with the same content again."""
    assert kinds(row(1), row(2, valid="0"), row(3, "乙")) == []
    assert kinds(row(1), row(2, valid="0"), row(3), row(4, valid="0"), row(5)) == []


def test_the_same_row_twice_is_both_kinds() -> None:
    """Two equal valid rows: the content came twice and the key is in effect twice."""
    assert sorted(kinds(row(1), row(2))) == ["content", "key"]


def test_two_contents_in_effect_are_a_double_key() -> None:
    """A new content without invalidation of the old one is found by its key."""
    assert kinds(row(1), row(2, "乙")) == ["key"]


def test_two_equal_invalidations_are_found() -> None:
    """Withdrawing the same record twice in a row is sending twice."""
    assert kinds(row(1), row(2, valid="0"), row(3, valid="0")) == ["content"]


def test_content_may_come_again_behind_an_invalidation_that_is_refused_only_later() -> None:
    """A correction is sent whole, before the answer to its first row is known; not after it."""
    refused = AT + timedelta(seconds=2)
    rows = (row(1), row(2, valid="0", status="2"), row(3, status="2"))
    together = {"2": Times(AT, refused), "3": Times(AT, refused)}
    assert kinds(*rows, times=together) == []
    after = {"2": Times(AT, refused), "3": Times(refused + timedelta(seconds=1), None)}
    assert kinds(*rows, times=after) == ["content"]
    in_effect = (*rows[:2], row(3))
    assert kinds(*in_effect, times=together) == ["key"]


def test_a_refused_row_may_come_again_after_its_refusal_was_known() -> None:
    """Sending the same row again is right after its refusal and wrong before it."""
    first, second = row(1, status="2"), row(2)
    refused = AT + timedelta(seconds=2)
    before = {"1": Times(AT, refused), "2": Times(AT, None)}
    after = {"1": Times(AT, refused), "2": Times(refused + timedelta(seconds=1), None)}
    assert kinds(first, second, times=before) == ["content"]
    assert kinds(first, second, times=after) == []
