"""One look at the promise: the bodies that somebody must see to come first."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from exchange.rounds.promise import promise
from exchange.rounds.wiring import opened
from exchange.settings import Settings
from tests.stores import ExchangeStore

pytestmark = pytest.mark.database


def test_bodies_to_look_at_come_first(exchange_store: ExchangeStore, tmp_path: Path) -> None:
    """A broken promise before a source that cannot be read, this before what is well."""
    settings = Settings(state=tmp_path, database_url=exchange_store.app_dsn, disk_free_mb=1)
    with opened(settings, work="test") as exchange:
        well, unreadable, late, *_ = sorted(exchange.bodies)
        with exchange.store.transaction() as conn:
            for code in (well, unreadable, late):
                conn.execute("insert into body values (%s, 'x', '{420602}', 'none')", (code,))
            for code, seconds in ((unreadable, 60), (late, 4000)):
                conn.execute(
                    "insert into feed (body, standard, table_code, failing_since, last_error)"
                    " values (%s, '3.0', 'T', now() - make_interval(secs => %s), 'x')",
                    (code, seconds),
                )
        found = promise(exchange, now=datetime.now(UTC))
    assert [body.body for body in found.bodies] == [late, unreadable, well]
    assert [body.body for body in found.slow] == [late]
    assert [body.body for body in found.unreadable] == [unreadable]
