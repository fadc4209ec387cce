"""What tests of landing share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from exchange.store.connection import Store
from tests.stores import ExchangeStore


@pytest.fixture
def store(exchange_store: ExchangeStore) -> Iterator[Store]:
    """The running program's store, with the body 420602 in it."""
    opened = Store(exchange_store.app_dsn, by="test")
    with opened.transaction() as conn:
        conn.execute("insert into body values ('420602', '襄城区', '{420602}', 'front_database')")
    yield opened
    opened.close()
