"""What differs between the database products we talk to: sessions, text, clocks, error codes.

PostgreSQL and MariaDB/MySQL are tested against real servers. KingbaseES is tested with the vendor's
driver against PostgreSQL. Oracle and Dameng are compiled, not run: no server was obtainable.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, Literal

from sqlalchemy import (
    CHAR,
    DECIMAL,
    TIMESTAMP,
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Engine,
    Numeric,
    String,
    Text,
    TextClause,
    bindparam,
    cast,
    create_engine,
    event,
    extract,
    func,
    literal,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import BIT
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.types import TypeEngine

from connectors.base import StopError
from connectors.deadline import driver_deadline

Failure = Literal["later", "conflict", "shape", "rights", "login", "data"]
"""What a database error means: unreachable or busy, lost a race, no such table or column, no
right to it, account refused, or content that this database cannot take."""

_DRIVERS = {
    "postgresql": "postgresql+psycopg2",
    "postgres": "postgresql+psycopg2",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
    "oracle": "oracle+oracledb",
    "dm": "dm+dmPython",
    "kingbase": "kingbase+ksycopg2",
}


@dataclass(frozen=True, slots=True)
class Session:
    """How a session behaves. Times in seconds; ``zone`` as +08:00 is the wall time of records."""

    read_only: bool
    statement_seconds: int = 60
    connect_seconds: int = 10
    zone: str = "+08:00"


@dataclass(frozen=True, slots=True)
class Product:
    """One product: connection arguments, statements of a new session, expressions.

    ``digest`` makes 60 bits of the texts of a row, NULL and empty text told apart where the product
    does; ``digests_large`` says that it takes large objects too. ``build`` answers with one text
    for the columns, types and keys of the tables and views called ``names`` (in lower case) in
    ``schema`` (None: the account's own); the same text means the same build, NULL that no text can
    say it.
    """

    arguments: Callable[[Session], dict[str, Any]]
    setup: Callable[[Session], tuple[tuple[str, ...], ...]]
    text: Callable[[ColumnElement[Any], TypeEngine[Any]], ColumnElement[Any]]
    moment: Callable[[ColumnElement[Any], TypeEngine[Any]], ColumnElement[Any]]
    clock: ColumnElement[Any]
    seconds: Callable[[ColumnElement[Any]], ColumnElement[Any]] | None = None
    lock: str | None = None
    digest: Callable[[Sequence[ColumnElement[Any]]], ColumnElement[Any]] | None = None
    digests_large: bool = True
    build: TextClause | None = None


def _postgresql_arguments(session: Session) -> dict[str, Any]:
    return {
        "connect_timeout": session.connect_seconds,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": session.statement_seconds * 1000,
        "application_name": "spgl-exchange",
    }


def _postgresql_setup(session: Session) -> tuple[tuple[str, ...], ...]:
    offset = session.zone.replace("+", "-") if "+" in session.zone else session.zone
    read_only = ("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",)
    return (
        (f"SET TIME ZONE '<{session.zone}>{offset}'",),
        ("SET datestyle = 'ISO, YMD'",),
        ("SET client_encoding = 'UTF8'",),
        (f"SET statement_timeout = {session.statement_seconds * 1000}",),
        (f"SET lock_timeout = {session.statement_seconds * 500}",),
        *((read_only,) if session.read_only else ()),
    )


def _mysql_arguments(session: Session) -> dict[str, Any]:
    return {
        "connect_timeout": session.connect_seconds,
        "read_timeout": session.statement_seconds + 5,
        "write_timeout": session.statement_seconds + 5,
        "charset": "utf8mb4",
    }


def _mysql_setup(session: Session) -> tuple[tuple[str, ...], ...]:
    return (
        (f"SET time_zone = '{session.zone}'",),
        # MariaDB counts seconds under one name, MySQL milliseconds under another.
        (
            f"SET SESSION max_statement_time = {session.statement_seconds}",
            f"SET SESSION max_execution_time = {session.statement_seconds * 1000}",
        ),
        (f"SET SESSION innodb_lock_wait_timeout = {max(1, session.statement_seconds // 2)}",),
        *((("SET SESSION TRANSACTION READ ONLY",),) if session.read_only else ()),
    )


def _oracle_setup(session: Session) -> tuple[tuple[str, ...], ...]:
    return (
        (f"ALTER SESSION SET TIME_ZONE = '{session.zone}'",),
        ("ALTER SESSION SET NLS_DATE_FORMAT = 'YYYY-MM-DD HH24:MI:SS'",),
        ("ALTER SESSION SET NLS_TIMESTAMP_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF6'",),
        ("ALTER SESSION SET NLS_NUMERIC_CHARACTERS = '.,'",),
    )


def _as_text(column: ColumnElement[Any], _type: TypeEngine[Any]) -> ColumnElement[Any]:
    return cast(column, Text)


def _as_char(column: ColumnElement[Any], _type: TypeEngine[Any]) -> ColumnElement[Any]:
    return cast(column, CHAR)


def _by_to_char(column: ColumnElement[Any], kind: TypeEngine[Any]) -> ColumnElement[Any]:
    """Oracle and Dameng: times and numbers in a fixed form, text and large objects as they are."""
    if isinstance(kind, Date | DateTime):
        return func.to_char(column, "YYYY-MM-DD HH24:MI:SS", type_=String)
    if isinstance(kind, Numeric):
        return func.to_char(column, type_=String)
    return column


def _moment_by_to_char(column: ColumnElement[Any], kind: TypeEngine[Any]) -> ColumnElement[Any]:
    """A change time with its fraction; Oracle's DATE has none and refuses the format."""
    form = "YYYY-MM-DD HH24:MI:SS.FF6" if isinstance(kind, TIMESTAMP) else "YYYY-MM-DD HH24:MI:SS"
    return func.to_char(column, form, type_=String)


def _packed(texts: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    """The texts in one, by the operator: functions take only so many arguments."""
    parts: list[ColumnElement[Any]] = [func.coalesce(text, "\x1e") for text in texts]
    return reduce(lambda left, right: left.concat("\x1f").concat(right), parts)


def _postgresql_digest(texts: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    hexadecimal = literal("x", Text()).concat(func.substr(func.md5(_packed(texts)), 1, 15))
    return cast(cast(hexadecimal, BIT(60)), BigInteger)


def _mysql_digest(texts: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    packed = func.concat_ws("\x1f", *(func.coalesce(text, "\x1e") for text in texts))
    number = func.conv(func.substr(func.md5(packed), 1, 15), 16, 10)
    return func.coalesce(cast(number, DECIMAL(20, 0)), 0)


def _oracle_digest(texts: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    """Each column by itself first: put together they could be longer than a text may be."""
    each: list[ColumnElement[Any]] = [
        func.rawtohex(func.standard_hash(text, "MD5")) for text in texts
    ]
    packed = func.rawtohex(func.standard_hash(reduce(lambda a, b: a.concat(b), each), "MD5"))
    return func.to_number(func.substr(packed, 1, 15), "X" * 15)


# Types that somebody defined have numbers that mean something else in every database.
_POSTGRESQL_BUILD = text("""
    select case when not coalesce(bool_or(a.atttypid >= 16384), false) then md5(string_agg(
        concat_ws(' ', c.relname, c.relkind, a.attnum, a.attname, a.atttypid, a.atttypmod,
                  a.attnotnull, i.indkey), '|' order by c.relname, c.oid, a.attnum)) end
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_catalog.pg_index i on i.indrelid = c.oid and i.indisprimary
    where c.relkind in ('r', 'p', 'v', 'm', 'f') and lower(c.relname) in :names
      and n.nspname not in ('pg_catalog', 'information_schema')
      and case when cast(:schema as text) is null then pg_catalog.pg_table_is_visible(c.oid)
               else n.nspname = cast(:schema as text) end
""").bindparams(bindparam("names", expanding=True))
_MYSQL_BUILD = text("""
    select concat_ws(' ', (
        select concat_ws(' ', count(*), sum(conv(substr(md5(concat_ws('|', table_name,
            ordinal_position, column_name, column_type, is_nullable)), 1, 15), 16, 10)))
        from information_schema.columns
        where table_schema = coalesce(:schema, database()) and lower(table_name) in :names
    ), (
        select concat_ws(' ', count(*), sum(conv(substr(md5(concat_ws('|', table_name,
            ordinal_position, column_name)), 1, 15), 16, 10)))
        from information_schema.key_column_usage
        where table_schema = coalesce(:schema, database()) and constraint_name = 'PRIMARY'
          and lower(table_name) in :names
    ))
""").bindparams(bindparam("names", expanding=True))
_POSTGRESQL = Product(
    arguments=_postgresql_arguments,
    setup=_postgresql_setup,
    text=_as_text,
    moment=_as_text,
    clock=literal_column("CAST(clock_timestamp() AS timestamp)"),
    seconds=lambda column: extract("epoch", column),
    digest=_postgresql_digest,
    build=_POSTGRESQL_BUILD,
)
_MYSQL = Product(
    arguments=_mysql_arguments,
    setup=_mysql_setup,
    text=_as_char,
    moment=_as_char,
    clock=literal_column("SYSDATE(6)"),
    seconds=lambda column: func.timestampdiff(literal_column("SECOND"), "1970-01-01", column),
    digest=_mysql_digest,
    build=_MYSQL_BUILD,
)
_ORACLE = Product(
    arguments=lambda session: {"tcp_connect_timeout": float(session.connect_seconds)},
    setup=_oracle_setup,
    text=_by_to_char,
    moment=_moment_by_to_char,
    clock=literal_column("CAST(SYSTIMESTAMP AT TIME ZONE SESSIONTIMEZONE AS TIMESTAMP)"),
    lock="LOCK TABLE {} IN EXCLUSIVE MODE",
    digest=_oracle_digest,
    digests_large=False,
)
_DAMENG = Product(
    # The driver counts these two in milliseconds.
    arguments=lambda session: {
        "login_timeout": session.connect_seconds * 1000,
        "connection_timeout": session.statement_seconds * 1000,
    },
    setup=lambda session: ((f"SET TIME ZONE '{session.zone}'",),),
    text=_by_to_char,
    moment=_moment_by_to_char,
    clock=literal_column("LOCALTIMESTAMP"),
    lock="LOCK TABLE {} IN EXCLUSIVE MODE",
)
PRODUCTS: Mapping[str, Product] = {
    "postgresql": _POSTGRESQL,
    "kingbase": replace(_POSTGRESQL, build=None),
    "mysql": _MYSQL,
    "mariadb": _MYSQL,
    "oracle": _ORACLE,
    "dm": _DAMENG,
}


def open_engine(address: str, session: Session) -> Engine:
    """An engine with at most two connections, whose sessions are set up as ``session`` says.

    Raises StopError for an address that is none or a product that is not supported; the message
    does not repeat the address, it may hold a password.
    """
    try:
        url = _with_driver(make_url(address))
        product = PRODUCTS[url.get_backend_name()]
        if url.get_backend_name() == "kingbase":
            import connectors.kingbase  # noqa: F401 - registers the dialect
        engine = create_engine(
            url,
            connect_args=product.arguments(session),
            pool_size=1,
            max_overflow=1,
            pool_recycle=1800,
            hide_parameters=True,
        )
    except (ArgumentError, KeyError, NoSuchModuleError, ImportError) as error:
        reason = type(error).__name__
        raise StopError(
            f"this is no address of a supported database ({reason}); expected "
            f"<product>://account:password@host:port/database with {', '.join(sorted(_DRIVERS))}"
        ) from None

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        with driver_deadline(connection, session.connect_seconds):
            _set_up(connection, product.setup(session))
        if hasattr(connection, "call_timeout"):  # oracledb, in milliseconds
            connection.call_timeout = (session.statement_seconds + 5) * 1000

    return engine


def _with_driver(url: URL) -> URL:
    return url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))


def _set_up(connection: Any, statements: tuple[tuple[str, ...], ...]) -> None:
    """Runs the statements outside a transaction: what PostgreSQL sets inside one can be undone."""
    by_attribute = isinstance(getattr(connection, "autocommit", None), bool)
    if by_attribute:
        connection.autocommit = True
    cursor = connection.cursor()
    for alternatives in statements:
        _first_that_works(cursor, alternatives)
    cursor.close()
    if by_attribute:
        connection.autocommit = False


def _first_that_works(cursor: Any, alternatives: tuple[str, ...]) -> None:
    for statement in alternatives[:-1]:
        with suppress(Exception):
            cursor.execute(statement)
            return
    cursor.execute(alternatives[-1])


_POSTGRESQL_CLASSES: Mapping[str, Failure] = {
    "42": "shape", "28": "login", "22": "data", "23": "data",
}  # fmt: skip
_MYSQL_FAILURES: Mapping[int, Failure] = {
    1044: "login", 1045: "login", 1698: "login",
    1142: "rights", 1143: "rights", 1227: "rights", 1290: "rights", 1370: "rights", 1792: "rights",
    1054: "shape", 1146: "shape", 1356: "shape",
    1205: "conflict", 1213: "conflict", 1020: "conflict",
    1048: "data", 1062: "data", 1264: "data", 1265: "data", 1292: "data", 1366: "data",
    1364: "data", 1406: "data", 1411: "data", 3819: "data", 4025: "data",
}  # fmt: skip
_ORACLE_FAILURES: Mapping[int, Failure] = {
    1017: "login", 28000: "login", 1031: "rights", 942: "shape", 904: "shape",
    8177: "conflict", 60: "conflict", 1: "data", 1400: "data", 1438: "data", 1722: "data",
    1861: "data", 12899: "data", 2290: "data",
}  # fmt: skip


def failure_of(error: DBAPIError) -> Failure:
    """What a database error means for what to do next; what is not known means "later"."""
    cause = error.orig
    code = getattr(cause, "pgcode", None)
    if hasattr(cause, "diag") and code is None:  # PostgreSQL's newer driver; others' states mislead
        code = getattr(cause, "sqlstate", None)
    if isinstance(code, str):
        return _postgresql_failure(code)
    number = cause.args[0] if cause is not None and cause.args else None
    if isinstance(number, int):
        return mysql_failure(number)
    number = getattr(number, "code", None)
    if isinstance(number, int):
        return _ORACLE_FAILURES.get(number, "later")
    text = str(cause)
    if "authentication failed" in text or "no password supplied" in text:
        return "login"
    return "later"


def mysql_failure(number: int) -> Failure:
    """What an error number of MySQL or MariaDB means for what to do next."""
    return _MYSQL_FAILURES.get(number, "later")


def _postgresql_failure(code: str) -> Failure:
    if code in {"40001", "40P01", "55P03"}:
        return "conflict"
    if code == "42501":
        return "rights"
    return _POSTGRESQL_CLASSES.get(code[:2], "later")


def reason_of(error: DBAPIError) -> str:
    """The first line of what the database said, without statement and parameters."""
    text = str(error.orig).strip() or type(error.orig).__name__
    return text.splitlines()[0][:200]
