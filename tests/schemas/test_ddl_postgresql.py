"""The DDL for PostgreSQL and Kingbase, run on a real PostgreSQL."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from schemas import load, versions
from schemas.ddl import Options, columns, create_all
from schemas.ddl_types import Dialect

pytestmark = pytest.mark.database

DIRT = ("0000-00-00", "２０２６年", "𠮷野家", "", "x" * 100_000)


@pytest.fixture(scope="module")
def connection(postgres: Any) -> Any:
    """A connection to a database of this module's own."""
    with psycopg.connect(postgres.create_database("ddl_schemas"), autocommit=True) as opened:
        yield opened


@pytest.mark.parametrize("dialect", ["postgresql", "kingbase"])
@pytest.mark.parametrize("options", [{}, {"loose": True, "change_column": "GXSJ"}])
@pytest.mark.parametrize("version", versions())
def test_all_tables_are_created(
    connection: Any, version: str, options: Options, dialect: Dialect
) -> None:
    """Every table of the version exists afterwards, with its columns in order."""
    schema = f"t_{dialect}_{version}_{len(options)}".replace(".", "_").replace("-", "_")
    connection.execute(f"CREATE SCHEMA {schema}")
    placed: Options = {**options, "schema": schema}
    connection.execute(create_all(load(version), dialect, **placed))
    for table in load(version).tables.values():
        found = connection.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = %s AND table_name = %s ORDER BY ordinal_position",
            (schema, table.code),
        ).fetchall()
        change = options.get("change_column")
        assert tuple(row[0] for row in found) == columns(table, change_column=change)


def test_a_county_table_keeps_dirt_and_stamps_the_change(connection: Any) -> None:
    """Each piece of dirt comes back as it went in, the change time is there to the second."""
    connection.execute("CREATE SCHEMA dirt")
    connection.execute(
        create_all(load("2.0"), "postgresql", schema="dirt", loose=True, change_column="GXSJ")
    )
    for text in DIRT:
        connection.execute(
            'INSERT INTO dirt."SPGL_XMJBXXB" ("DFSJZJ", "GCDM", "XMWQBJSJ") VALUES (%s, %s, %s)',
            (text, text, text),
        )
    rows = connection.execute(
        'SELECT "DFSJZJ", "GCDM", "XMWQBJSJ", "GXSJ", "LSH" FROM dirt."SPGL_XMJBXXB" ORDER BY "LSH"'
    ).fetchall()
    assert [row[:3] for row in rows] == [(text, text, text) for text in DIRT]
    assert all(row[3] is not None and row[3].microsecond == 0 for row in rows)
    assert len({row[4] for row in rows}) == len(DIRT)


def test_the_province_refuses_what_is_no_date_and_rows_without_system_columns(
    connection: Any,
) -> None:
    """Typed columns refuse dirt; the sender's system columns must be there."""
    connection.execute("CREATE SCHEMA province")
    connection.execute(create_all(load("2.0"), "postgresql", schema="province"))
    insert = (
        'INSERT INTO province."SPGL_XMJBXXB"'
        ' ("DFSJZJ", "XZQHDM", "SJYXBS", "SJSCZT", "XMWQBJSJ") VALUES (%s, %s, 1, 0, %s)'
    )
    connection.execute(insert, ("a", "420602", "2026-11-20 09:30:00"))
    with pytest.raises(psycopg.errors.DatetimeFieldOverflow):
        connection.execute(insert, ("b", "420602", "0000-00-00 00:00:00"))
    with pytest.raises(psycopg.errors.NotNullViolation):
        connection.execute(insert, (None, "420602", None))
