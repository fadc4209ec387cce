"""What a column of landed text must satisfy, as polars expressions.

Imports polars: only ``schemas.pandera_schemas`` imports this module, and only when it is used.
Each expression is true where the cell is right, also where an empty cell is nothing to check.
Lengths count characters, never bytes. A cell of blanks is empty.

A row that withdraws another (``SJYXBS`` 0) is held to what identifies it and to what it can be
stored with: keys, protocol fields, types, lengths, the form of the division. What else it says is
no longer meant.

Written from the tables alone, not from the rules: whoever doubts the engine has a second opinion.
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
_FILLED = r"[^\s\x1c-\x1f]"
_NOTHING = r"^[+-]?0{1,18}$"
_TRUSTED = frozenset({"high", "medium"})
_PROTOCOL = frozenset({"DFSJZJ", "XZQHDM", "SJYXBS", "SJSCZT"})
_DIVISION, _VALID, _STATUS, _COORDINATE = "XZQHDM", "SJYXBS", "SJSCZT", "坐标"
_CELL = 32_767
"""Characters of a text whose length is not public: what a cell of a spreadsheet holds."""
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
    filled, withdraws = _filled(field.code), _withdraws(table)
    if field.required == "M" and field.required_confidence in _TRUSTED:
        always = field.code in _PROTOCOL or field.code in table.key
        holds = filled if always else withdraws | filled
        yield ColumnCheck("required", "必填", holds, empties=True)
    if field.required == "C" and field.when is not None and field.when.field in table.by_code:
        applies = _applies(table, field.when)
        if field.code != "SJWXYY":
            applies &= ~withdraws
        text = f"{table.by_code[field.when.field].name}满足条件时必填"
        yield ColumnCheck("conditional", text, ~applies | filled, empties=True)
    for kind, text, holds in _of_value(standard, field):
        stored = kind in {"type", "length"} or field.code in {_VALID, _DIVISION}
        yield ColumnCheck(
            kind, text, ~filled | holds | (pl.lit(value=False) if stored else withdraws)
        )


def unique(table: Table) -> ColumnCheck:
    """One valid row for a business key: the first is right, each further one is not.

    Withdrawing a row and sending it again is the standard's way of correcting: what comes after
    the withdrawal is a first one again. The rows are taken as those of one document, in order.
    Rows whose key is incomplete have none.
    """
    parts = [_part(table.by_code[code]) for code in table.key]
    needed = [code for code in table.key if table.by_code[code].required == "M"]
    known = pl.all_horizontal(_readably_filled(table.by_code[code]) for code in needed)
    some = pl.any_horizontal(_readably_filled(table.by_code[code]) for code in table.key)
    complete, withdraws = known & some, _withdraws(table)
    lives = withdraws.cast(pl.Int64).cum_sum().over(parts)
    before = (complete & ~withdraws).cast(pl.Int64).cum_sum().over([*parts, lives])
    return ColumnCheck(
        "unique", "业务主键重复", ~complete | withdraws | (before <= 1), empties=True
    )


def _of_value(standard: Standard, field: Field) -> Iterator[tuple[str, str, pl.Expr]]:
    cell = pl.col(field.code)
    codelist = standard.codelists.get(field.codelist or "")
    listed = codelist is not None and codelist.complete
    readable = _readable(field)
    # a coded number that is none is told by its list: 是 is a wrong code, not a wrong number
    if readable is not None and not (listed and field.type in {"integer", "decimal"}):
        yield "type", "应为" + _TYPE_NAMES[field.type], readable
    limit = _within(field)
    if limit is not None:
        holds = limit if readable is None else ~readable | limit
        yield "length", "超出长度或精度", holds
    if _measures(field):
        negative = cell.str.starts_with("-") & cell.str.contains("[1-9]")
        yield "range", "不得为负数", ~_readable_number(field) | ~negative
    if field.code == _STATUS:
        return  # those who send write 0 or minus 1: their own rule is stricter than the list
    if codelist is not None and codelist.complete:
        yield "code_list", f"不在代码表“{codelist.name}”内", _listed(field, codelist)
    elif codelist is not None and codelist.pattern is not None:
        yield "format", f"不符合代码表“{codelist.name}”的编码形式", _formed(cell, codelist)
    elif field.format is not None and field.format.startswith("^"):
        yield "format", "不符合规定格式", cell.str.contains(field.format)


_TYPE_NAMES = {"integer": "整数", "decimal": "数值", "date": "日期", "datetime": "时间"}


def _filled(code: str) -> pl.Expr:
    return pl.col(code).str.contains(_FILLED).fill_null(value=False)


def _withdraws(table: Table) -> pl.Expr:
    if _VALID not in table.by_code:
        return pl.lit(value=False)
    return pl.col(_VALID).str.contains(_NOTHING).fill_null(value=False)


def _applies(table: Table, when: Condition) -> pl.Expr:
    if when.values is None:
        return _filled(when.field)
    return _filled(when.field) & _normal(table.by_code[when.field]).is_in(sorted(when.values))


def _measures(field: Field) -> bool:
    """Whether a number counts or measures something; coordinates lie on both sides of nought."""
    coded = field.codelist is not None or _COORDINATE in field.name
    return field.type in {"integer", "decimal"} and not coded


def _readable_number(field: Field) -> pl.Expr:
    return pl.col(field.code).str.contains(_INTEGER if field.type == "integer" else _DECIMAL)


def _readably_filled(field: Field) -> pl.Expr:
    readable = _readable(field)
    filled = _filled(field.code)
    return filled if readable is None else filled & readable.fill_null(value=False)


def _part(field: Field) -> pl.Expr:
    told = pl.when(_readably_filled(field)).then(_normal(field)).otherwise(pl.lit(""))
    return told.alias(field.code)


def _normal(field: Field) -> pl.Expr:
    """The cell so that equal values are equal texts: 1, 01 and 1.0 are one number."""
    cell = pl.col(field.code)
    if field.type in {"string", "datetime"}:
        return cell.fill_null("")
    if field.type == "date":
        return cell.str.strip_suffix(_MIDNIGHT).fill_null("")
    whole = cell.str.extract(r"^[+-]?0*([0-9]*)").fill_null("")
    part = cell.str.extract(r"\.([0-9]*)$").fill_null("").str.strip_chars_end("0")
    plain = pl.when(whole == "").then(pl.lit("0")).otherwise(whole) + pl.when(part == "").then(
        pl.lit("")
    ).otherwise("." + part)
    sign = (
        pl.when(cell.str.starts_with("-") & (plain != "0")).then(pl.lit("-")).otherwise(pl.lit(""))
    )
    return pl.when(_readable_number(field)).then(sign + plain).otherwise(cell).fill_null("")


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
        limit = field.length or (None if field.codelist else _CELL)
        return None if limit is None else cell.str.len_chars() <= limit
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
    return (cell if field.type == "string" else _normal(field)).is_in(known)


def _formed(cell: pl.Expr, codelist: CodeList) -> pl.Expr:
    assert codelist.pattern is not None
    if not codelist.multi_value:
        return cell.str.contains(codelist.pattern)
    return (
        cell.str.split(SEPARATOR).list.eval(pl.element().str.contains(codelist.pattern)).list.all()
    )
