"""DDL from the standard: the text itself, without a database."""

from __future__ import annotations

import importlib

import pytest
import sqlglot
from sqlalchemy import BigInteger, Date, DateTime, Integer, Numeric, String, Text
from sqlglot import exp

from schemas import load, versions
from schemas.ddl import Options, columns, create_all, create_table, statements
from schemas.ddl_types import TYPES, Dialect

DIALECTS: tuple[Dialect, ...] = ("postgresql", "mysql", "oracle", "dameng", "kingbase")
FLAVOURS: tuple[Options, ...] = (
    {},
    {"strict": True},
    {"loose": True, "change_column": "GXSJ"},
    {"lsh": "char32"},
    {"lsh": "plain", "change_column": "GXSJ"},
)


@pytest.mark.parametrize("version", versions())
def test_columns_are_the_fields_of_the_standard_and_what_was_asked_for(version: str) -> None:
    """Round trip: nothing of the standard is lost, only LSH and the change column are added."""
    for table in load(version).tables.values():
        assert columns(table, lsh="plain") == table.columns
        made = columns(table, change_column="GXSJ")
        assert set(made) == {*table.columns, "LSH", "GXSJ"}
        assert len(made) == len(set(made))
        assert made[0] == "LSH"


@pytest.mark.parametrize("version", versions())
@pytest.mark.parametrize("options", FLAVOURS)
def test_oracle_reads_its_script(version: str, options: Options) -> None:
    """The Oracle script parses as Oracle SQL and creates the columns of every table in order."""
    parsed = sqlglot.parse(create_all(load(version), "oracle", **options), dialect="oracle")
    created = [
        statement
        for statement in parsed
        if isinstance(statement, exp.Create) and statement.kind == "TABLE"
    ]
    lsh, change = options.get("lsh", "identity"), options.get("change_column")
    expected = [
        (table.code, columns(table, lsh=lsh, change_column=change))
        for table in load(version).in_order
    ]
    found = [
        (
            statement.this.this.name,
            tuple(column.name for column in statement.find_all(exp.ColumnDef)),
        )
        for statement in created
    ]
    assert found == expected


def test_dameng_uses_the_types_that_its_own_dialect_writes() -> None:
    """Dameng's types are the words that dmSQLAlchemy compiles for the same meaning."""
    dialect = importlib.import_module("dmSQLAlchemy.base").DMDialect()
    compiler = dialect.type_compiler_instance
    dameng = TYPES["dameng"]
    assert dameng.varchar.format(n=20) == compiler.process(String(20))
    assert dameng.text == dameng.wide == compiler.process(Text())
    assert dameng.integer == compiler.process(Integer())
    assert dameng.long == compiler.process(BigInteger())
    assert dameng.decimal.format(p=38, s=4) == compiler.process(Numeric(38, 4))
    assert dameng.date == compiler.process(Date())
    assert dameng.datetime.removesuffix("(0)") == compiler.process(DateTime())


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_column_carries_its_chinese_name(dialect: Dialect) -> None:
    """A person who opens the database sees what each column means."""
    for table in load("3.0").tables.values():
        script = create_table(table, dialect, change_column="GXSJ")
        for field in table.fields:
            assert f"'{field.name}'" in script


@pytest.mark.parametrize("dialect", DIALECTS)
def test_index_names_fit_the_oldest_product(dialect: Dialect) -> None:
    """Oracle before 12.2 takes names of at most 30 characters, and so do old Dameng releases."""
    for version in versions():
        for table in load(version).tables.values():
            for statement in statements(table, dialect, change_column="GXSJ"):
                if statement.startswith("CREATE INDEX"):
                    name = statement.split()[2].strip('`"')
                    assert len(name) <= 30, name


@pytest.mark.parametrize("dialect", DIALECTS)
def test_loose_tables_type_nothing_but_serial_number_and_change_time(dialect: Dialect) -> None:
    """In a county's table every column but the two of the pull takes any text."""
    types = TYPES[dialect]
    for table in load("2.0").tables.values():
        create = statements(table, dialect, loose=True, change_column="GXSJ")[0]
        lines = [line.strip() for line in create.splitlines()[1:-1] if "PRIMARY KEY" not in line]
        for line in lines:
            code, kind = line.replace("`", '"').split(" ", 1)
            if code == '"LSH"':
                assert kind.startswith(types.identity)
            elif code == '"GXSJ"':
                assert kind.startswith(types.datetime)
            else:
                assert kind.startswith(types.wide)


def test_a_schema_is_named_or_refused() -> None:
    """The schema stands before the table; text that is no name never reaches the database."""
    table = load("2.0").in_order[0]
    assert create_table(table, "postgresql", schema="front").startswith(
        f'CREATE TABLE front."{table.code}"'
    )
    with pytest.raises(ValueError, match="cannot be a schema"):
        create_table(table, "postgresql", schema="a; drop table b")
