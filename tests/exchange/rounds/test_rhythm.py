"""Quiet bodies are looked at less often; those in trouble hold at most half of the threads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from exchange.rounds.rhythm import BUDGET, budget_spent, interval, may_start

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("every", "quiet", "expected"),
    [
        (2 * SECOND, None, 2 * SECOND),
        (2 * SECOND, 0 * SECOND, 2 * SECOND),
        (2 * SECOND, 2 * MINUTE, 2 * SECOND),
        (2 * SECOND, 5 * MINUTE, 5 * SECOND),
        (2 * SECOND, 10 * MINUTE, 8 * SECOND),
        (2 * SECOND, timedelta(days=9), 8 * SECOND),
        (MINUTE, timedelta(days=9), MINUTE + 8 * SECOND),
    ],
)
def test_the_quieter_the_slower(every: timedelta, quiet: timedelta, expected: timedelta) -> None:
    """At once while rows come, then slower, with an end that the promise does not feel."""
    assert interval(every, quiet) == expected


def test_trouble_holds_half_of_the_threads() -> None:
    """Whatever hangs, bodies in order find a thread; with one thread trouble may have it too."""
    assert all(may_start(in_trouble=False, running_in_trouble=n, threads=8) for n in range(9))
    assert [may_start(in_trouble=True, running_in_trouble=n, threads=8) for n in (0, 3, 4, 8)] == [
        True,
        True,
        False,
        False,
    ]
    assert may_start(in_trouble=True, running_in_trouble=0, threads=1)


def test_a_flood_lets_others_go_first() -> None:
    """A body with very much to read gives its thread up when others wait, and only then."""
    began = datetime(2026, 11, 20, tzinfo=UTC)
    late = began + BUDGET
    assert budget_spent(began, late, others_wait=True)
    assert not budget_spent(began, late, others_wait=False)
    assert not budget_spent(began, late - SECOND, others_wait=True)
