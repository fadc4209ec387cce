"""A small world on the run's own PostgreSQL, prepared once."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from simulators import accounts as account_book
from simulators import settings, world
from simulators.accounts import Account, Accounts
from simulators.front_databases import connect_postgresql
from simulators.settings import World
from tests.connectors.ports import free_port
from tests.stores import Postgres

BODIES = ("420602", "420606", "420600-zrzy", "420600-gxq")


def world_file(folder: Path, dsn: str) -> Path:
    """A world.toml with ports that nobody listens on yet."""
    path = folder / "world.toml"
    path.write_text(
        f'state = "{folder / "state"}"\n'
        f'[postgres]\ndsn = "{dsn}"\n'
        f"[province]\nfront_port = {free_port()}\ngateway_port = {free_port()}\n"
        f'[intake]\nurl = "http://127.0.0.1:{free_port()}"\n',
        "utf-8",
    )
    return path


@pytest.fixture(scope="session")
def world_toml(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration of the small world."""
    return world_file(tmp_path_factory.mktemp("world"), postgres.dsn())


@pytest.fixture(scope="session")
def small_world(world_toml: Path) -> World:
    """Two counties on PostgreSQL, one body with files, one that pushes; the province."""
    whole = settings.load(world_toml)
    small = dataclasses.replace(whole, bodies={code: whole.bodies[code] for code in BODIES})
    list(world.prepare(small))
    return small


@pytest.fixture(scope="session")
def world_accounts(small_world: World) -> Accounts:
    """The accounts of the small world."""
    return account_book.need(small_world)


@pytest.fixture
def session() -> Iterator[Callable[[Account], psycopg.Connection]]:
    """Opens connections with an account's own rights, closed at the end of the test."""
    opened: list[psycopg.Connection] = []

    def open_session(account: Account) -> psycopg.Connection:
        opened.append(connect_postgresql(account, autocommit=True))
        return opened[-1]

    yield open_session
    for connection in opened:
        connection.close()


@pytest.fixture
def emptied(small_world: World, world_accounts: Accounts) -> None:
    """Front databases of counties and province without a row."""
    assert small_world.bodies
    for account in [*world_accounts.writers.values(), *world_accounts.province.values()]:
        with connect_postgresql(account, autocommit=True) as connection:
            tables = connection.execute(
                "select schemaname, tablename from pg_tables"
                " where schemaname in ('public', 'office')"
            ).fetchall()
            text = "; ".join(f'delete from "{schema}"."{table}"' for schema, table in tables)
            connection.execute(text.encode())
