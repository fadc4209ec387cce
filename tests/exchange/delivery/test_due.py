"""One question tells what there is to do on a way up, in every state of a version."""

from __future__ import annotations

from datetime import timedelta

import pytest

from exchange.delivery.due import Due, what_is_due
from exchange.delivery.resolve import ABANDONED_AFTER
from tests.exchange.delivery.province import Province
from tests.exchange.records import FLOW, World

pytestmark = pytest.mark.database
NOTHING = Due(abandoned=False, unknown=False, queued=False, sent=False, invalidations=False)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ((), "queued"),
        (("sending",), None),
        (("sending", "unknown"), "unknown"),
        (("sending", "sent"), "sent"),
        (("sending", "sent", "confirmed"), None),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else str(value),
)
def test_the_state_says_what_is_due(
    world: World, province: Province, path: tuple[str, ...], told: str | None
) -> None:
    """Due at its time and not before; nothing for another version of the standard."""
    world.land(FLOW, world.flow())
    world.judge()
    with world.store.transaction() as conn:
        for state in path:
            conn.execute(
                "update version set state = %s, state_at = %s, next_try_at = %s",
                (state, world.now, None if state in {"sending", "confirmed"} else world.now),
            )
    up = province.upstream()
    due = what_is_due(world.store, up, now=world.now)
    assert [name for name in Due.__slots__ if getattr(due, name)] == ([told] if told else [])
    assert what_is_due(world.store, up, now=world.now - timedelta(seconds=1)) == NOTHING


def test_what_a_dead_worker_left_is_due_after_a_while(world: World, province: Province) -> None:
    """Five seconds in sending: somebody should look whether anybody holds it."""
    world.land(FLOW, world.flow())
    world.judge()
    with world.store.transaction() as conn:
        conn.execute(
            "update version set state = 'sending', state_at = %s, next_try_at = null", [world.now]
        )
    later = world.now + ABANDONED_AFTER + timedelta(seconds=1)
    assert what_is_due(world.store, province.upstream(), now=later).abandoned
    assert what_is_due(world.store, province.upstream(), now=world.now) == NOTHING
