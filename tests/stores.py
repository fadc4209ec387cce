"""PostgreSQL for tests: one throw-away server for the run, databases in it by the dozen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import psycopg
import pytest
from psycopg import sql

from exchange.store.addresses import APP, OWNER
from exchange.store.embedded import Cluster
from exchange.store.migrate import migrate

TEMPLATE = "exchange_template"
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """The run's PostgreSQL. URLs are the superuser's: tests make what they need."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._numbers = count(1)
        self._template = False

    def dsn(self, database: str = "postgres", role: str = "postgres") -> str:
        """The URL of a database."""
        return self.cluster.dsn(database, role)

    def create_database(self, name: str, template: str = "template1") -> str:
        """A new database, and its URL; the name must be new in this run."""
        with psycopg.connect(self.dsn(), autocommit=True) as conn:
            conn.execute(
                sql.SQL("create database {} template {}").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
        return self.dsn(name)

    def create_exchange(self) -> str:
        """The name of a new exchange database, copied from one that was migrated once."""
        if not self._template:
            self.cluster.ensure_role(OWNER)
            self.cluster.ensure_role(APP)
            self.cluster.ensure_database(TEMPLATE, OWNER)
            migrate(self.dsn(TEMPLATE, OWNER))
            self._template = True
        name = f"exchange_{next(self._numbers)}"
        self.create_database(name, TEMPLATE)
        with psycopg.connect(self.dsn(), autocommit=True) as conn:
            owned = sql.SQL("alter database {} owner to {}")
            conn.execute(owned.format(sql.Identifier(name), sql.Identifier(OWNER)))
        self.cluster.ensure_database(name, OWNER, users=(APP,))
        return name

    def drop_database(self, name: str) -> None:
        """Drop a database, whoever is connected to it."""
        with psycopg.connect(self.dsn(), autocommit=True) as conn:
            conn.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@dataclass(frozen=True)
class ExchangeStore:
    """One migrated exchange database of a test's own, as its owner and as the running program."""

    owner_dsn: str
    app_dsn: str


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """The run's PostgreSQL server, stopped at the end."""
    cluster = Cluster(tmp_path_factory.mktemp("pg") / "s", options=THROW_AWAY)
    cluster.start()
    yield Postgres(cluster)
    cluster.stop()


@pytest.fixture
def exchange_store(postgres: Postgres) -> Iterator[ExchangeStore]:
    """A migrated exchange database, empty but for what migrations put there."""
    name = postgres.create_exchange()
    yield ExchangeStore(postgres.dsn(name, OWNER), postgres.dsn(name, APP))
    postgres.drop_database(name)
