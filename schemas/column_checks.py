"""What a column of landed text must satisfy, as polars expressions.

Imports polars: only ``schemas.pandera_schemas`` imports this module, and only when it is used.
Each expression is true where the cell is right, also where an empty cell is nothing to check.
Lengths count characters, never bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from schemas.standard import CodeList, Condition, Field, Standard, Table

_INTEGER = r"^[+-]?[0-9]{1,18}$"
_DECIMAL = r"^[+-]?[0-9]{1,30}(\.[0-9]{1,30})?$"
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_DATETIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$"
_MIDNIGHT = " 00:00:00"
_NO_YEAR = "0000"
_TRUSTED = frozenset({"high", "medium"})
SEPARATOR = ","


@dataclass(frozen=True, slots=True)
class ColumnCheck:
    """One check of a column: its kind, the Chinese text, and what must be true.

    ``empties`` says that empty cells are checked too.
    """

    kind: str
    text: str
    holds: pl.Expr
    empties: bool = False


def checks(standard: Standard, table: Table, field: Field) -> Iterator[ColumnCheck]:
    """The checks that the standard implies for a column, in the order in which they are told."""
    filled = _filled(field.code)
    if field.required == "M" and field.required_confidence in _TRUSTED:
        yield ColumnCheck("required", "必填", filled, empties=True)
    if field.required == "C" and field.when is not None and field.when.field in table.by_code:
        applies = _applies(field.when)
        text = f"{table.by_code[field.when.field].name}满足条件时必填"
        yield ColumnCheck("conditional", text, ~applies | filled, empties=True)
    for kind, text, holds in _of_value(standard, field):
        yield ColumnCheck(kind, text, ~filled | holds)


def _of_value(standard: Standard, field: Field) -> Iterator[tuple[str, str, pl.Expr]]:
    cell = pl.col(field.code)
    readable = _readable(field)
    if readable is not None:
        yield "type", "应为" + _TYPE_NAMES[field.type], readable
    limit = _within(field)
    if limit is not None:
        holds = limit if readable is None else ~readable | limit
        yield "length", "超出长度或精度", holds
    codelist = standard.codelists.get(field.codelist or "")
    if codelist is not None and codelist.complete:
        yield "code_list", f"不在代码表“{codelist.name}”内", _listed(field, codelist)
    elif codelist is not None and codelist.pattern is not None:
        yield "format", f"不符合代码表“{codelist.name}”的编码形式", _formed(cell, codelist)
    elif field.format is not None and field.format.startswith("^"):
        yield "format", "不符合规定格式", cell.str.contains(field.format)


_TYPE_NAMES = {"integer": "整数", "decimal": "数值", "date": "日期", "datetime": "时间"}


def _filled(code: str) -> pl.Expr:
    return (pl.col(code).fill_null("") != "").fill_null(value=False)


def _applies(when: Condition) -> pl.Expr:
    if when.values is None:
        return _filled(when.field)
    return pl.col(when.field).fill_null("").is_in(sorted(when.values))


def _readable(field: Field) -> pl.Expr | None:
    """Whether the text is of the field's type and, for dates, in the calendar."""
    cell = pl.col(field.code)
    match field.type:
        case "integer":
            return cell.str.contains(_INTEGER)
        case "decimal":
            return cell.str.contains(_DECIMAL)
        case "date":
            bare = cell.str.strip_suffix(_MIDNIGHT)
            real = bare.str.to_date("%Y-%m-%d", strict=False).is_not_null()
            return bare.str.contains(_DATE) & real & ~bare.str.starts_with(_NO_YEAR)
        case "datetime":
            real = cell.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False).is_not_null()
            # polars takes a leap second, the calendar of records has none
            plain = cell.str.contains(_DATETIME) & ~cell.str.ends_with(":60")
            return plain & real & ~cell.str.starts_with(_NO_YEAR)
        case _:
            return None


def _within(field: Field) -> pl.Expr | None:
    """Whether the text is no longer, the number no wider than the field takes."""
    cell = pl.col(field.code)
    if field.type == "string":
        return None if field.length is None else cell.str.len_chars() <= field.length
    if field.type not in {"integer", "decimal"}:
        return None
    parts = []
    number = cell.str.strip_chars_start("+-")
    if field.precision is not None:
        whole = number.str.replace(r"\..*$", "").str.strip_chars_start("0")
        parts.append(whole.str.len_chars() <= field.precision - (field.scale or 0))
    if field.scale is not None:
        places = number.str.extract(r"\.([0-9]+)$").fill_null("").str.strip_chars_end("0")
        parts.append(places.str.len_chars() <= field.scale)
    return pl.all_horizontal(parts) if parts else None


def _listed(field: Field, codelist: CodeList) -> pl.Expr:
    cell, known = pl.col(field.code), sorted(codelist.values)
    if codelist.multi_value:
        return cell.str.split(SEPARATOR).list.eval(pl.element().is_in(known)).list.all()
    if field.type == "integer":
        cell = cell.str.replace(r"^\+?0*([0-9]+)$", "$1")
    return cell.is_in(known)


def _formed(cell: pl.Expr, codelist: CodeList) -> pl.Expr:
    assert codelist.pattern is not None
    if not codelist.multi_value:
        return cell.str.contains(codelist.pattern)
    return (
        cell.str.split(SEPARATOR).list.eval(pl.element().str.contains(codelist.pattern)).list.all()
    )
