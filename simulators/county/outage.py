"""Cuts the exchange off from a county's front database, and lets it in again."""

from __future__ import annotations

from contextlib import suppress

import psycopg
import pymysql
from psycopg import sql

from simulators.accounts import Account
from simulators.mariadb import MariaDB
from simulators.settings import World


def switch(world: World, reader: Account, *, down: bool) -> None:
    """Shuts the reading account out and ends its sessions, or admits it; needs the superuser."""
    if reader.server == "mariadb":
        _mariadb(world, reader, down=down)
    else:
        _postgresql(world, reader, down=down)


def _postgresql(world: World, reader: Account, *, down: bool) -> None:
    words = (
        "revoke connect on database {} from {}" if down else "grant connect on database {} to {}"
    )
    with psycopg.connect(world.postgres_dsn, autocommit=True, connect_timeout=3) as connection:
        connection.execute(
            sql.SQL(words).format(sql.Identifier(reader.database), sql.Identifier(reader.user))
        )
        if down:
            connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where usename = %s",
                [reader.user],
            )


def _mariadb(world: World, reader: Account, *, down: bool) -> None:
    server = MariaDB(world.folder / "mariadb", reader.port)
    with server.connect() as connection, connection.cursor() as cursor:
        lock = "LOCK" if down else "UNLOCK"
        cursor.execute(f"ALTER USER %s@'localhost' ACCOUNT {lock}", [reader.user])
        if down:
            cursor.execute(
                "SELECT id FROM information_schema.processlist WHERE user = %s", [reader.user]
            )
            for (number,) in cursor.fetchall():
                with suppress(pymysql.err.OperationalError):
                    cursor.execute("KILL %s", [number])
