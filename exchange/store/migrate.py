"""Brings a database to the structure that this program expects, by numbered SQL files.

A file is ``<nnnn>_pre_<what>.sql``, applied before new code runs (it only adds), or
``<nnnn>_post_<what>.sql``, applied when no old code runs any more (it may remove). Each is applied
once, in a transaction of its own, and must never be changed afterwards.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

import psycopg

from exchange.errors import StopError, TryLaterError

MIGRATIONS = Path(__file__).with_name("migrations")
LOCK_KEY = 0x5350474C  # "SPGL"
CONNECT_SECONDS = 10

Phase = Literal["pre", "post"]

_NAME = re.compile(r"(?P<number>\d{4})_(?P<phase>pre|post)_[a-z0-9_]+\Z")
_RECORD = """
create table if not exists migration (
    name text primary key,
    sha256 text not null,
    applied_at timestamptz not null default now()
)
"""


class BadMigrationNameError(StopError):
    """The migration {name} is not named <nnnn>_pre_<what>.sql or <nnnn>_post_<what>.sql.

    Each number is used once; rename the file.
    """


class MigrationChangedError(StopError):
    """The migration {name} was applied to this database and has been changed since.

    Put the file back as it was, and write what is new into a file of its own.
    """


class NewerStoreError(StopError):
    """The database has migrations that this program does not know: {names}.

    It was upgraded by a newer program. Use that one.
    """


class MigrationFailedError(StopError):
    """The migration {name} failed and was undone: {why}

    Those before it stay applied. Mend the cause and run `exchange init` again.
    """


class DatabaseUnreachableError(TryLaterError):
    """The database does not answer: {why}

    Nothing was changed.
    """


@dataclass(frozen=True)
class Migration:
    """One file: its name without ending, its phase, its text and the hash of it."""

    name: str
    phase: Phase
    text: str
    sha256: str


def read_migrations(folder: Path = MIGRATIONS) -> tuple[Migration, ...]:
    """All migrations of a folder in order; raises BadMigrationNameError."""
    found: list[Migration] = []
    paths = sorted(folder.glob("*.sql"))
    numbers = Counter(path.name[:4] for path in paths)
    for path in paths:
        match = _NAME.match(path.stem)
        if match is None or numbers[match["number"]] > 1:
            raise BadMigrationNameError(name=path.name)
        data = path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        found.append(
            Migration(path.stem, cast("Phase", match["phase"]), data.decode("utf-8"), digest)
        )
    return tuple(found)


def migrate(owner_dsn: str, *, folder: Path = MIGRATIONS, only: Phase | None = None) -> list[str]:
    """Apply what is missing, of one phase or of both; the names of what was applied.

    Several at once wait for each other. Raises MigrationChangedError, NewerStoreError,
    MigrationFailedError and DatabaseUnreachableError.
    """
    wanted = read_migrations(folder)
    try:
        conn = psycopg.connect(owner_dsn, autocommit=True, connect_timeout=CONNECT_SECONDS)
    except psycopg.OperationalError as error:
        raise DatabaseUnreachableError(why=_first_line(error)) from error
    with conn:
        conn.execute("select pg_advisory_lock(%s)", (LOCK_KEY,))
        conn.execute(_RECORD)
        applied = _applied(conn)
        _refuse_surprises(wanted, applied)
        done: list[str] = []
        for migration in wanted:
            if migration.name in applied or only not in {None, migration.phase}:
                continue
            _apply(conn, migration)
            done.append(migration.name)
        return done


def pending(owner_dsn: str, *, folder: Path = MIGRATIONS) -> list[str]:
    """The names of the migrations that are not applied yet; changes nothing."""
    with psycopg.connect(owner_dsn, autocommit=True, connect_timeout=CONNECT_SECONDS) as conn:
        known = conn.execute("select to_regclass('migration')").fetchone()
        applied = _applied(conn) if known and known[0] else {}
    return [m.name for m in read_migrations(folder) if m.name not in applied]


def _applied(conn: psycopg.Connection) -> dict[str, str]:
    return dict(conn.execute("select name, sha256 from migration").fetchall())


def _refuse_surprises(wanted: tuple[Migration, ...], applied: dict[str, str]) -> None:
    unknown = sorted(set(applied) - {m.name for m in wanted})
    if unknown:
        raise NewerStoreError(names=", ".join(unknown))
    for migration in wanted:
        if applied.get(migration.name, migration.sha256) != migration.sha256:
            raise MigrationChangedError(name=migration.name)


def _apply(conn: psycopg.Connection, migration: Migration) -> None:
    try:
        with conn.transaction():
            conn.execute(migration.text.encode())
            conn.execute(
                "insert into migration (name, sha256) values (%s, %s)",
                (migration.name, migration.sha256),
            )
    except psycopg.Error as error:
        raise MigrationFailedError(name=migration.name, why=_first_line(error)) from error


def _first_line(error: psycopg.Error) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
