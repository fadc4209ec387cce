"""What tests of the exchange's slices share: a ledger to tell stories in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from exchange.store.connection import Store
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
