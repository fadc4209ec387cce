"""Rows that a source says it deleted: named at once, never withdrawn, taken back when wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from connectors.front_changes import FedDatabase
from exchange.landing.land import Feed
from exchange.landing.pull import pull
from exchange.landing.sweep import sweep
from exchange.store.connection import Store
from tests.connectors.queue_world import PostgresQueueWorld
from tests.connectors.source_suite import PROJECTS, STANDARD, project
from tests.stores import Postgres

pytestmark = pytest.mark.database
BODY = "420602"
FEEDS = [Feed(BODY, STANDARD, PROJECTS)]


@pytest.fixture
def world(postgres: Postgres) -> Iterator[PostgresQueueWorld]:
    """A county with a queue."""
    made = PostgresQueueWorld(postgres)
    made.set_up()
    yield made
    postgres.drop_database(made.name)


def pulled(store: Store, source: FedDatabase) -> int:
    """New versions of one pull."""
    found = pull(store, source, FEEDS, clock=lambda: datetime.now(UTC))
    assert found.errors == {}
    return found.new


def kinds(store: Store) -> list[tuple[str, str | None]]:
    """Every difference and what became of it."""
    with store.transaction() as conn:
        rows = conn.execute("select kind, resolution from difference order by id")
        return [(row["kind"], row["resolution"]) for row in rows]


def test_deleted_rows_are_named(store: Store, world: PostgresQueueWorld) -> None:
    """A deleted record is a difference; a deleted row that a newer one replaced is none."""
    world.put(PROJECTS, [project(n) for n in range(4)])
    source = world.source()
    assert pulled(store, source) == 4
    world.put(PROJECTS, [project(1, XMMC="更正")])
    assert pulled(store, source) == 0 + 1
    world.run('DELETE FROM {} WHERE "LSH" = 2')
    pulled(store, source)
    assert kinds(store) == [], "its record has a newer row"
    world.run('DELETE FROM {} WHERE "LSH" = 3')
    pulled(store, source)
    assert kinds(store) == [("vanished", None)]
    world.put(PROJECTS, [project(2)])
    pulled(store, source)
    sweep(
        store, source, FEEDS,
        now=datetime.now(UTC), older_than=timedelta(0), until=lambda: False,
    )  # fmt: skip
    assert kinds(store) == [("vanished", "returned")]
    source.close()
