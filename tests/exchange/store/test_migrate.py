"""Migrations: applied once and in order, never changed, equal to the schema."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import psycopg
import pytest

from exchange.store.addresses import APP, OWNER
from exchange.store.migrate import (
    MIGRATIONS,
    BadMigrationNameError,
    DatabaseUnreachableError,
    MigrationChangedError,
    MigrationFailedError,
    NewerStoreError,
    migrate,
    pending,
    read_migrations,
)
from tests.exchange.store.catalogue import catalogue
from tests.stores import Postgres

NUMBERS = count(1)

Write = Callable[..., Path]


@pytest.fixture
def files(tmp_path: Path) -> Write:
    """Writes migration files and gives their folder."""

    def write(**texts: str) -> Path:
        for name, text in texts.items():
            (tmp_path / f"{name.removeprefix('m')}.sql").write_text(text, "utf-8")
        return tmp_path

    return write


@pytest.fixture
def database(postgres: Postgres) -> str:
    """The owner's URL of an empty database."""
    name = f"migrate_{next(NUMBERS)}"
    for role in (OWNER, APP):
        postgres.cluster.ensure_role(role)
    postgres.cluster.ensure_database(name, OWNER, users=(APP,))
    return postgres.dsn(name, OWNER)


def test_shipped_migrations_are_well_named() -> None:
    """Every migration that ships has a number of its own and says before or after."""
    names = [migration.name for migration in read_migrations(MIGRATIONS)]
    assert names
    assert names == sorted(names)


def test_a_bad_name_is_refused(files: Write) -> None:
    """A file without number and phase is named in the error."""
    folder = files(m1_core="select 1")
    with pytest.raises(BadMigrationNameError, match="1_core"):
        read_migrations(folder)


def test_a_number_used_twice_is_refused(files: Write) -> None:
    """Two files with one number have no order."""
    folder = files(m0001_pre_a="select 1", m0001_post_b="select 1")
    with pytest.raises(BadMigrationNameError, match="0001"):
        read_migrations(folder)


@pytest.mark.database
def test_missing_ones_are_applied_in_order_and_once(files: Write, database: str) -> None:
    """The second run applies only what came since the first."""
    folder = files(m0001_pre_a="create table a (x int)", m0002_pre_b="alter table a add y int")
    assert migrate(database, folder=folder) == ["0001_pre_a", "0002_pre_b"]
    files(m0003_post_c="alter table a drop x")
    assert pending(database, folder=folder) == ["0003_post_c"]
    assert migrate(database, folder=folder) == ["0003_post_c"]
    assert migrate(database, folder=folder) == []


@pytest.mark.database
def test_one_phase_leaves_the_other_for_later(files: Write, database: str) -> None:
    """Before the new program only what adds is applied, afterwards the rest."""
    folder = files(m0001_pre_a="create table a (x int)", m0002_post_b="drop table a")
    assert migrate(database, folder=folder, only="pre") == ["0001_pre_a"]
    assert migrate(database, folder=folder, only="post") == ["0002_post_b"]


@pytest.mark.database
def test_a_changed_file_is_refused(files: Write, database: str) -> None:
    """What was applied must stay as it was; the error names the file."""
    folder = files(m0001_pre_a="create table a (x int)")
    migrate(database, folder=folder)
    files(m0001_pre_a="create table a (x bigint)")
    with pytest.raises(MigrationChangedError, match="0001_pre_a"):
        migrate(database, folder=folder)


@pytest.mark.database
def test_a_newer_store_is_refused(files: Write, database: str) -> None:
    """An old program does not touch a store that a newer one has upgraded."""
    folder = files(m0001_pre_a="create table a (x int)", m0002_pre_b="create table b (x int)")
    migrate(database, folder=folder)
    (folder / "0002_pre_b.sql").unlink()
    with pytest.raises(NewerStoreError, match="0002_pre_b"):
        migrate(database, folder=folder)


@pytest.mark.database
def test_a_failing_file_is_undone_whole(files: Write, database: str) -> None:
    """Those before it stay, nothing of it remains, and the next run may finish the work."""
    folder = files(
        m0001_pre_a="create table a (x int)", m0002_pre_b="create table b (x int); select 1/0"
    )
    with pytest.raises(MigrationFailedError, match="division by zero"):
        migrate(database, folder=folder)
    assert pending(database, folder=folder) == ["0002_pre_b"]
    files(m0002_pre_b="create table b (x int)")
    assert migrate(database, folder=folder) == ["0002_pre_b"]


@pytest.mark.database
def test_several_at_once_apply_each_file_once(files: Write, database: str) -> None:
    """Four programs that start together wait for each other."""
    folder = files(m0001_pre_a="create table a (x int)", m0002_pre_b="create table b (x int)")
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: migrate(database, folder=folder), range(4)))
    assert sorted(name for names in done for name in names) == ["0001_pre_a", "0002_pre_b"]


@pytest.mark.database
def test_no_server_is_a_matter_of_trying_later() -> None:
    """An unreachable database is told without a stack of driver errors."""
    with pytest.raises(DatabaseUnreachableError):
        migrate("postgresql://nobody@127.0.0.1:1/nothing")


@pytest.mark.database
def test_migrations_lead_to_exactly_the_schema(database: str, postgres: Postgres) -> None:
    """A store upgraded step by step is the store made from the schema, down to the grants."""
    migrate(database)
    name = f"schema_{next(NUMBERS)}"
    postgres.cluster.ensure_database(name, OWNER, users=(APP,))
    from_schema = postgres.dsn(name, OWNER)
    with psycopg.connect(from_schema) as conn:
        conn.execute(MIGRATIONS.with_name("schema.sql").read_bytes())
    assert catalogue(database) == catalogue(from_schema)
