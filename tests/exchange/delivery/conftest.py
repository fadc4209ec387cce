"""A store with one body and a province's front database, for all tests of delivery."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from exchange.ledger.balance import balance
from exchange.store.connection import Store
from tests.exchange.delivery.province import Province
from tests.exchange.records import BODY, FLOW, PROJECT, World
from tests.stores import ExchangeStore, Postgres

NUMBERS = count(1)


@pytest.fixture
def world(exchange_store: ExchangeStore) -> Iterator[World]:
    """A store with one body."""
    store = Store(exchange_store.app_dsn, by="test")
    with store.transaction() as conn:
        conn.execute("insert into body values (%s, '测试县', '{420602}', 'none')", (BODY,))
    world = World(store)
    yield world
    with store.transaction() as conn:
        assert balance(conn, full=True).unaccounted == 0
    store.close()


@pytest.fixture
def province(postgres: Postgres, world: World) -> Iterator[Province]:
    """A front database with flows and projects."""
    name = f"province_{next(NUMBERS)}"
    made = Province.made(postgres, name, world.standard, FLOW, PROJECT)
    yield made
    made.close()
    postgres.drop_database(name)
