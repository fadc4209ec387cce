"""Real front databases for the connectors' tests: PostgreSQL and MariaDB."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pymysql
import pytest
from sqlalchemy import make_url

from schemas.ddl import statements
from simulators.mariadb import MariaDB
from tests.connectors.front_suite import FrontWorld
from tests.connectors.ports import free_port
from tests.connectors.source_suite import PROJECTS, STAGES
from tests.stores import Postgres

_numbers = count(1)


class PostgresWorld(FrontWorld):
    """A county's front database on PostgreSQL."""

    driver = "postgresql"

    def __init__(self, postgres: Postgres) -> None:
        super().__init__()
        self.postgres = postgres
        self.name = f"front_{next(_numbers)}"
        self.dsn = postgres.create_database(self.name)
        self.role = f"reader_{self.name}"
        with self.owner() as cursor:
            for table in (STAGES, PROJECTS):
                for statement in statements(table, "postgresql", loose=True, change_column="GXSJ"):
                    cursor.execute(statement)
            cursor.execute(f"CREATE ROLE {self.role} LOGIN PASSWORD 'reader-secret'")
            cursor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {self.role}")

    @contextmanager
    def owner(self, *, commit: bool = True) -> Iterator[Any]:
        """A cursor of the superuser's, in the zone of the records."""
        with psycopg.connect(self.dsn, options="-c TimeZone=Asia/Shanghai") as connection:
            with connection.cursor() as cursor:
                yield cursor
            if not commit:
                connection.rollback()

    def url(self, *, reader: bool = True) -> str:
        """The address in SQLAlchemy's form."""
        url = make_url(self.dsn)
        if reader:
            url = url.set(username=self.role, password="reader-secret")
        return url.set(drivername=self.driver).render_as_string(hide_password=False)

    def cut(self) -> None:
        """Terminates the reader's server processes."""
        with self.owner() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s",
                [self.role],
            )

    def go_away(self) -> None:
        """The server is somewhere else."""
        self.dsn = f"postgresql://x:y@127.0.0.1:{free_port()}/gone"

    def allow_null_change_time(self) -> None:
        """As tables not made by our DDL may be."""
        self.run('ALTER TABLE {} ALTER COLUMN "GXSJ" DROP NOT NULL')


class MariaWorld(FrontWorld):
    """A county's front database on MariaDB."""

    def __init__(self, server: MariaDB) -> None:
        super().__init__()
        self.server = server
        self.port = server.port
        self.name = f"front_{next(_numbers)}"
        with server.connect() as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {self.name} CHARACTER SET utf8mb4")
            cursor.execute("SET GLOBAL max_allowed_packet = 67108864")
            for account, rights in (("reader", "SELECT"), ("writer", "ALL")):
                who = f"'{account}_{self.name}'@'localhost'"
                cursor.execute(f"CREATE USER {who} IDENTIFIED BY '{account}-secret'")
                cursor.execute(f"GRANT {rights} ON {self.name}.* TO {who}")
        with self.owner() as owned:
            for table in (STAGES, PROJECTS):
                for statement in statements(table, "mysql", loose=True, change_column="GXSJ"):
                    owned.execute(statement)

    @contextmanager
    def owner(self, *, commit: bool = True) -> Iterator[Any]:
        """A cursor of root's that takes standard quotes and any dirt."""
        connection = pymysql.connect(
            host="127.0.0.1",
            port=self.port,
            user="root",
            password=self.server.password,
            database=self.name,
            charset="utf8mb4",
            init_command="SET SESSION sql_mode = 'ANSI_QUOTES', time_zone = '+08:00'",
        )
        try:
            with connection.cursor() as cursor:
                yield cursor
            if commit:
                connection.commit()
        finally:
            connection.close()

    def url(self, *, reader: bool = True) -> str:
        """The address in SQLAlchemy's form."""
        account = "reader" if reader else "writer"
        return f"mysql://{account}_{self.name}:{account}-secret@127.0.0.1:{self.port}/{self.name}"

    def q(self, name: str) -> str:
        """Backticks: the source's own session knows no standard quotes."""
        return f"`{name}`"

    def cut(self) -> None:
        """Kills the reader's connections."""
        with self.server.connect() as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM information_schema.processlist WHERE user = %s",
                [f"reader_{self.name}"],
            )
            for (number,) in cursor.fetchall():
                cursor.execute(f"KILL {number}")

    def go_away(self) -> None:
        """The server is somewhere else."""
        self.port = free_port()

    def allow_null_change_time(self) -> None:
        """As tables not made by our DDL may be."""
        self.run('ALTER TABLE {} MODIFY "GXSJ" datetime NULL DEFAULT CURRENT_TIMESTAMP')


@pytest.fixture(scope="session")
def mariadb_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDB]:
    """The run's MariaDB server for the connectors."""
    folder: Path = tmp_path_factory.mktemp("mariadb")
    server = MariaDB(folder, free_port())
    with warnings.catch_warnings():
        # The server outlives the object that started it; it is stopped by its process id.
        warnings.simplefilter("ignore", ResourceWarning)
        server.start()
    yield server
    server.stop()


@pytest.fixture
def postgres_world(postgres: Postgres) -> Iterator[PostgresWorld]:
    """A county on PostgreSQL."""
    world = PostgresWorld(postgres)
    yield world
    postgres.drop_database(world.name)


@pytest.fixture
def maria_world(mariadb_server: MariaDB) -> MariaWorld:
    """A county on MariaDB."""
    return MariaWorld(mariadb_server)
