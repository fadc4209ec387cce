"""The pulling round judges what waits, whether or not the source of the body answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from exchange.rounds.pulling import pull_shard
from exchange.settings import Settings
from exchange.store.connection import Store
from tests.exchange.records import BODY, FLOW, World
from tests.stores import ExchangeStore

pytestmark = pytest.mark.database
OTHER = "420606"


@pytest.fixture
def landed(exchange_store: ExchangeStore) -> Iterator[World]:
    """A store in which a record of one body has landed and nobody has judged it."""
    store = Store(exchange_store.app_dsn, by="test")
    with store.transaction() as conn:
        conn.execute("insert into body values (%s, '襄城区', '{420602}', 'none')", (BODY,))
    found = World(store, now=datetime.now(UTC))
    found.land(FLOW, found.flow())
    yield found
    store.close()


def test_what_has_landed_is_judged_though_the_source_is_away(
    settings: Settings, landed: World
) -> None:
    """A sweep that cannot reach its source says so, and judges what the store holds of the body."""
    until = datetime.now(UTC) + timedelta(seconds=60)
    summary = pull_shard(settings, [BODY, OTHER], until=until, once=True)
    assert landed.states(FLOW) == ["queued"]
    assert {code: one.passed for code, one in summary.items()} == {BODY: 1, OTHER: 0}
    assert all("*" in one.errors for one in summary.values())


def test_what_no_sweep_of_these_bodies_is_for_stays(settings: Settings, landed: World) -> None:
    """A shard judges the records of its own bodies only."""
    until = datetime.now(UTC) + timedelta(seconds=60)
    pull_shard(settings, [OTHER], until=until, once=True)
    assert landed.states(FLOW) == ["landed"]
