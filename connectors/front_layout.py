"""How a table of the standard really lies in a front database: names, types, what orders its rows.

Names are matched exactly first, then without regard to upper and lower case, as products differ in
what they make of unquoted names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Date, DateTime, Integer, inspect
from sqlalchemy.engine.interfaces import ReflectedColumn
from sqlalchemy.engine.reflection import ObjectKind
from sqlalchemy.types import TypeEngine

from connectors.base import TECHNICAL_COLUMNS, RefusedError
from schemas import Table

LOCAL_KEY = "DFSJZJ"
_SERIAL = "LSH"


@dataclass(frozen=True, slots=True)
class Column:
    """A column as it is there: its real name and type."""

    name: str
    type: TypeEngine[Any]
    nullable: bool


@dataclass(frozen=True, slots=True)
class Present:
    """A table or view that is there: its real name, its columns and its primary key."""

    name: str
    columns: Mapping[str, Column]
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """What a pull of one table needs to know of it.

    ``columns`` maps the standard's codes to what is there, ``unique`` are the columns that tell
    rows of one moment apart; ``extra`` are columns that the standard does not have.
    """

    name: str
    columns: Mapping[str, Column]
    cursor: Column
    unique: tuple[Column, ...]
    extra: tuple[str, ...]


def tables_present(
    connection: Connection, wanted: Iterable[str], schema: str | None
) -> dict[str, Present]:
    """Those of the wanted tables (by code) that are there and visible to the account."""
    inspector = inspect(connection)
    names = [*inspector.get_table_names(schema), *inspector.get_view_names(schema)]
    found = _match(wanted, names)
    if not found:
        return {}
    columns = inspector.get_multi_columns(
        schema=schema, filter_names=list(found.values()), kind=ObjectKind.ANY
    )
    keys = inspector.get_multi_pk_constraint(
        schema=schema, filter_names=list(found.values()), kind=ObjectKind.ANY
    )
    key_of = {place[1]: key["constrained_columns"] for place, key in keys.items()}
    columns_of = {place[1]: entries for place, entries in columns.items()}
    return {
        code: Present(
            name=name,
            columns={entry["name"]: _column(entry) for entry in columns_of.get(name, [])},
            key=tuple(key_of.get(name, [])),
        )
        for code, name in found.items()
    }


def _column(entry: ReflectedColumn) -> Column:
    return Column(entry["name"], entry["type"], entry["nullable"])


def _match(wanted: Iterable[str], names: Sequence[str]) -> dict[str, str]:
    exact = set(names)
    folded = {name.casefold(): name for name in names}
    found = {}
    for code in wanted:
        name = code if code in exact else folded.get(code.casefold())
        if name is not None:
            found[code] = name
    return found


def layout_of(
    body: str,
    table: Table,
    present: Present | None,
    cursor: str,
    unique: Sequence[str] | None,
) -> Layout:
    """How ``table`` lies there; raises RefusedError naming body, table and what is missing."""
    if present is None:
        raise RefusedError("前置库中没有此表，或账号无权查看", body=body, table=table.code)
    required = [code for code in table.columns if code not in TECHNICAL_COLUMNS]
    real = _match([*table.columns, cursor, _SERIAL], list(present.columns))
    missing = [code for code in required if code not in real]
    if missing:
        raise RefusedError(
            f"缺少列 {'、'.join(_titled(table, code) for code in missing)}；"
            "为免把缺列误作空值，此表暂停接收，请恢复该列",
            body=body,
            table=table.code,
        )
    if cursor not in real:
        raise RefusedError(
            f"缺少变更时间列 {cursor}，无法按时间增量接收", body=body, table=table.code
        )
    change = present.columns[real[cursor]]
    if not isinstance(change.type, DateTime | Date):
        raise RefusedError(
            f"变更时间列 {cursor} 的类型是 {change.type}，应为日期时间类型",
            body=body,
            table=table.code,
        )
    known = set(real.values())
    return Layout(
        name=present.name,
        columns={code: present.columns[real[code]] for code in table.columns if code in real},
        cursor=change,
        unique=_unique(body, table, present, unique),
        extra=tuple(name for name in present.columns if name not in known),
    )


def _unique(
    body: str, table: Table, present: Present, named: Sequence[str] | None
) -> tuple[Column, ...]:
    """The columns named in the body's file, else the primary key, else a numeric LSH."""
    if named:
        real = _match(named, list(present.columns))
        if len(real) == len(named):
            return tuple(present.columns[real[code]] for code in named)
        missing = "、".join(code for code in named if code not in real)
        raise RefusedError(f"配置项 unique 所列的列 {missing} 不存在", body=body, table=table.code)
    if present.key:
        return tuple(present.columns[name] for name in present.key)
    serial = _match([_SERIAL], list(present.columns)).get(_SERIAL)
    if serial is not None and isinstance(present.columns[serial].type, Integer):
        return (present.columns[serial],)
    raise RefusedError(
        "既无主键也无自动编号的 LSH 列，无法区分同一时刻的多行；"
        "请建主键，或在单位文件中配置 unique",
        body=body,
        table=table.code,
    )


def _titled(table: Table, code: str) -> str:
    return f"{code}（{table.by_code[code].name}）"


def place_of(layout: Layout, key: Sequence[str], local_key: str | None) -> str:
    """The name of a row for people: its key in the table, and the county's own."""
    names = [f"{part.name}={text}" for part, text in zip(layout.unique, key, strict=True)]
    return " ".join([*names, *([f"{LOCAL_KEY}={local_key}"] if local_key else [])])
