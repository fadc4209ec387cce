"""What tests of the exchange's slices share: a ledger to tell stories in, a body with records."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from exchange.judging.rulesets import Rulesets
from exchange.store.connection import Store
from tests.exchange.records import BODY, World, body
from tests.ledgers import Ledger
from tests.stores import ExchangeStore


@pytest.fixture
def ledger(exchange_store: ExchangeStore) -> Iterator[Ledger]:
    """An empty exchange database, as the program sees it and as its owner does."""
    store = Store(exchange_store.app_dsn, by="test")
    owner = Store(exchange_store.owner_dsn, by="test")
    yield Ledger(store, owner)
    store.close()
    owner.close()


@pytest.fixture(scope="session")
def rulesets() -> Rulesets:
    """The rules of that body, prepared once for all tests."""
    return Rulesets({BODY: body()})


@pytest.fixture
def world(exchange_store: ExchangeStore, rulesets: Rulesets) -> Iterator[World]:
    """A store with one body, whose records are landed and judged."""
    store = Store(exchange_store.app_dsn, by="test")
    with store.transaction() as conn:
        conn.execute("insert into body values (%s, '测试县', '{420602}', 'none')", (BODY,))
    yield World(store, rulesets)
    store.close()
