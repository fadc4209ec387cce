"""What tests of the rounds share: an installation, and its store with a judged record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from exchange.ledger.signing import make_key
from exchange.settings import Settings
from exchange.store.connection import Store
from tests.exchange.records import BODY, FLOW, World
from tests.stores import ExchangeStore


@pytest.fixture
def settings(
    exchange_store: ExchangeStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """An installation with the bodies that ship, named by the environment."""
    monkeypatch.setenv("SPGL_STATE", str(tmp_path))
    monkeypatch.setenv("SPGL_DATABASE_URL", exchange_store.app_dsn)
    made = Settings.read()
    make_key(made.signing_key)
    return made


@pytest.fixture
def landed(exchange_store: ExchangeStore) -> Iterator[World]:
    """Its store with one record landed just now, and not judged."""
    store = Store(exchange_store.app_dsn, by="test")
    with store.transaction() as conn:
        conn.execute("insert into body values (%s, '襄城区', '{420602}', 'none')", (BODY,))
    found = World(store, now=datetime.now(UTC))
    found.land(FLOW, found.flow())
    yield found
    store.close()


@pytest.fixture
def judged(landed: World) -> World:
    """Its store with one record landed and judged just now."""
    landed.judge()
    return landed
