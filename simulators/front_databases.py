"""Makes front databases (前置库): databases, roles with the rights they need and no more, tables.

Everything here can be run again: what is there stays, passwords and rights are set anew.
"""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pymysql
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from schemas import Standard, Table
from schemas.ddl import statements
from simulators.accounts import Account
from simulators.mariadb import MariaDB

CHANGE_COLUMN = "GXSJ"
_ZONE = "Asia/Shanghai"

Statements = Callable[[Table], tuple[str, ...]]


def county_postgresql(table: Table) -> tuple[str, ...]:
    """A county's table: any text in every column, because counties write anything."""
    return statements(table, "postgresql", loose=True, change_column=CHANGE_COLUMN)


def county_mariadb(table: Table) -> tuple[str, ...]:
    """The same for a county with MariaDB."""
    return statements(table, "mysql", loose=True, change_column=CHANGE_COLUMN)


def province_postgresql(table: Table) -> tuple[str, ...]:
    """The province's table: typed as the standard says, serial number generated."""
    return statements(table, "postgresql", loose=False)


class PostgreSQL:
    """Makes databases on the world's PostgreSQL server with its superuser."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        parts = conninfo_to_dict(dsn)
        self.host = str(parts.get("host") or "127.0.0.1")
        self.port = int(parts.get("port") or 5432)

    def account(self, database: str, role: str, password: str) -> Account:
        """An account of this server, not yet made."""
        return Account("postgresql", self.host, self.port, database, role, password)

    def make(self, owner: Account, guest: Account | None, rights: str) -> None:
        """A database of ``owner`` in which ``guest`` has ``rights`` on all tables."""
        with psycopg.connect(self._dsn, autocommit=True) as connection:
            for account in filter(None, (owner, guest)):
                _role(connection, account)
            database = sql.Identifier(owner.database)
            if not connection.execute(
                "select 1 from pg_database where datname = %s", [owner.database]
            ).fetchone():
                connection.execute(
                    sql.SQL(
                        "create database {} owner {} template template0 encoding 'UTF8'"
                    ).format(database, sql.Identifier(owner.user))
                )
            connection.execute(
                sql.SQL("alter database {} set timezone to {}").format(database, sql.Literal(_ZONE))
            )
            connection.execute(sql.SQL("revoke all on database {} from public").format(database))
            if guest is not None:
                connection.execute(
                    sql.SQL("grant connect on database {} to {}").format(
                        database, sql.Identifier(guest.user)
                    )
                )
        with connect_postgresql(owner) as connection:
            connection.execute("revoke create on schema public from public")
            if guest is not None:
                connection.execute(
                    sql.SQL(
                        "alter default privileges in schema public grant {} on tables to {}"
                    ).format(sql.SQL(rights), sql.Identifier(guest.user))
                )

    @staticmethod
    def tables(owner: Account, standard: Standard, text: Statements) -> int:
        """Creates the tables of a standard that are missing; says how many."""
        with connect_postgresql(owner) as connection:
            there = {
                row[0]
                for row in connection.execute(
                    "select tablename from pg_tables where schemaname = 'public'"
                )
            }
            missing = [table for table in standard.in_order if table.code not in there]
            for table in missing:
                connection.execute(";\n".join(text(table)).encode())
        return len(missing)


def connect_postgresql(account: Account, *, autocommit: bool = False) -> psycopg.Connection:
    """A connection with an account's own rights."""
    return psycopg.connect(
        host=account.host,
        port=account.port,
        dbname=account.database,
        user=account.user,
        password=account.password,
        connect_timeout=3,
        autocommit=autocommit,
    )


def connect_mariadb(account: Account) -> pymysql.Connection:
    """A connection with an account's own rights; names are quoted as in standard SQL."""
    return pymysql.connect(
        host=account.host,
        port=account.port,
        user=account.user,
        password=account.password,
        database=account.database,
        charset="utf8mb4",
        connect_timeout=3,
        init_command="SET SESSION sql_mode = 'ANSI_QUOTES,STRICT_TRANS_TABLES'",
    )


def make_mariadb(server: MariaDB, writer: Account, reader: Account, standard: Standard) -> int:
    """A county's database on MariaDB with both accounts and all tables; says how many were made."""
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE IF NOT EXISTS `{writer.database}` CHARACTER SET utf8mb4")
        for account, rights in ((writer, "ALL"), (reader, "SELECT")):
            name = (account.user, account.password)
            cursor.execute("CREATE USER IF NOT EXISTS %s@'localhost' IDENTIFIED BY %s", name)
            cursor.execute("ALTER USER %s@'localhost' IDENTIFIED BY %s", name)
            cursor.execute(f"GRANT {rights} ON `{writer.database}`.* TO %s@'localhost'", name[:1])
    with server.connect(writer.database) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW TABLES")
        there = {row[0] for row in cursor.fetchall()}
        missing = [table for table in standard.in_order if table.code not in there]
        for table in missing:
            for statement in county_mariadb(table):
                cursor.execute(statement)
    return len(missing)


def _role(connection: psycopg.Connection, account: Account) -> None:
    known = connection.execute("select 1 from pg_roles where rolname = %s", [account.user])
    verb = "alter" if known.fetchone() else "create"
    connection.execute(
        sql.SQL(verb + " role {} login nosuperuser nocreatedb nocreaterole password {}").format(
            sql.Identifier(account.user), sql.Literal(account.password)
        )
    )
