"""Hops: every second of a version belongs to somebody, and none is hidden."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from exchange.ledger.hops import hops, shares

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    """A time so many seconds after the event."""
    return AT + timedelta(seconds=seconds)


def moves(*steps: tuple[float, str]) -> list[dict[str, Any]]:
    """Moves at these seconds into these states."""
    return [{"at": after(seconds), "to_state": state} for seconds, state in steps]


def test_each_second_has_its_owner() -> None:
    """County, platform, parent and province are told apart, by the source's clock set right."""
    version = {"occurred_at": AT, "committed_at": after(130), "clock_offset_s": 10.0}
    path = moves(
        (122, "landed"), (123, "held"), (153, "queued"), (154, "sending"), (155, "sent"),
        (175, "confirmed"),
    )  # fmt: skip
    found = hops(version, path, now=after(999))
    assert shares(found) == {"body": 120, "platform": 2 + 1 + 1 + 1, "parent": 30, "upstream": 20}
    assert sum(hop.seconds for hop in found) == 175
    assert not any(hop.open for hop in found)


def test_a_wrong_clock_is_shown_as_a_negative_time() -> None:
    """A record that was committed after it was read tells of a wrong clock; nothing is clipped."""
    version = {"occurred_at": None, "committed_at": after(60), "clock_offset_s": None}
    (first, waiting) = hops(version, moves((10, "landed")), now=after(15))
    assert first.seconds == -50
    assert (waiting.seconds, waiting.open) == (5, True)
