"""A province's front database, real and thrown away, and an official who accepts at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg

from connectors.provincial_database import ProvincialDatabase
from exchange.delivery.lanes import Promises
from exchange.delivery.send import Upstream
from exchange.store.addresses import OWNER
from exchange.store.embedded import Cluster
from schemas import Standard
from schemas.ddl import create_table

LOOKS_EVERY_S = 0.2
_ACCEPT = 'update "{}" set "SJSCZT" = 3 where "SJSCZT" = 0'


def make(cluster: Cluster, standard: Standard, *tables: str) -> str:
    """A new front database with these tables; its URL."""
    cluster.ensure_database("province", OWNER)
    dsn = cluster.dsn("province", OWNER)
    with psycopg.connect(dsn) as conn:
        for code in tables:
            ddl = create_table(standard.table(code), "postgresql", lsh="identity", loose=False)
            conn.execute(ddl.encode())
    return dsn


def way_up(dsn: str, standard: Standard, promise: timedelta | None = None) -> Upstream:
    """The way there as a worker has it; without a promise everything is fresh."""
    target = ProvincialDatabase(dsn.replace("postgresql://", "postgresql+psycopg2://"), standard)
    return Upstream(
        f"bench/{standard.version}",
        standard,
        target,
        "更正",
        timedelta(minutes=5),
        promises=Promises(promise),
    )


@contextmanager
def accepting(dsn: str, *tables: str) -> Iterator[None]:
    """Every new row is accepted within a fifth of a second, for the time of the block."""
    over = threading.Event()

    def accept() -> None:
        with psycopg.connect(dsn, autocommit=True) as conn:
            while not over.wait(LOOKS_EVERY_S):
                for table in tables:
                    conn.execute(_ACCEPT.format(table).encode())

    official = threading.Thread(target=accept)
    official.start()
    try:
        yield
    finally:
        over.set()
        official.join()
