"""What the province checks in a single row: its own code, beside that of the exchange.

A refusal is a code and a Chinese sentence; SBYY holds them joined, for example
``[101]必填项为空：项目名称(XMMC)；[104]代码不在字典中：…``.

=====  ====================================================================
101    必填项为空
102    数据类型不符
103    长度超限
104    代码不在字典中
105    格式不符
201    上级记录不存在或无效
301    同一主键已有有效数据
302    没有可以作废的数据
303    作废未说明原因
900    省级平台拒收 (mode refusing; names no fault)
=====  ====================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from schemas import Field, Standard, Table

Row = Mapping[str, str | None]

VALIDITY = "SJYXBS"
REASON = "SJWXYY"

_NUMBER = {
    "integer": re.compile(r"-?\d{1,18}", re.ASCII),
    "decimal": re.compile(r"-?\d+(\.\d+)?", re.ASCII),
}
_LAYOUT = {"date": "%Y-%m-%d", "datetime": "%Y-%m-%d %H:%M:%S"}
_SHOWN = 3


def refusals(standard: Standard, table: Table, row: Row) -> list[str]:
    """What is wrong with a row by itself, each as "[code]sentence"; empty when nothing is.

    Of an invalidating row only the business key and the reason are checked.
    """
    if row.get(VALIDITY) == "0":
        found = [*_empty(table, row, table.key)]
        if not (row.get(REASON) or "").strip():
            found.append(f"[303]作废未说明原因：{_title(table.by_code[REASON])}")
        return found[:_SHOWN]
    found = [*_empty(table, row, [code for code in table.columns if _needed(table, code, row)])]
    for field in table.fields:
        text = row.get(field.code)
        if text and not field.receiver:
            found += _cell(standard, field, text)
    return found[:_SHOWN]


def _needed(table: Table, code: str, row: Row) -> bool:
    field = table.by_code[code]
    if field.receiver:
        return False
    if field.required != "C" or field.when is None:
        return field.required == "M"
    other = row.get(field.when.field) or ""
    return bool(other) if field.when.given else other in (field.when.values or ())


def _empty(table: Table, row: Row, codes: list[str] | tuple[str, ...]) -> Iterator[str]:
    for code in codes:
        if not (row.get(code) or "").strip():
            yield f"[101]必填项为空：{_title(table.by_code[code])}"


def _cell(standard: Standard, field: Field, text: str) -> Iterator[str]:
    if not _of_type(field, text):
        yield f"[102]数据类型不符：{_title(field)}"
        return
    if field.length is not None and len(text) > field.length:
        yield f"[103]长度超限：{_title(field)}最多{field.length}个字符"
    if field.type == "string" and field.format and not re.fullmatch(field.format, text):
        yield f"[105]格式不符：{_title(field)}"
    codes = standard.codelists.get(field.codelist or "")
    if codes is not None and codes.complete:
        given = re.split("[,，;；]", text) if codes.multi_value else [text]
        if any(part.strip() not in codes.values for part in given):
            yield f"[104]代码不在字典中：{_title(field)}"


def _of_type(field: Field, text: str) -> bool:
    if field.type in _NUMBER:
        return _NUMBER[field.type].fullmatch(text) is not None
    if field.type not in _LAYOUT:
        return True
    for layout in (_LAYOUT[field.type], _LAYOUT["datetime"]):
        try:
            return datetime.strptime(text, layout).year > 0
        except ValueError:
            continue
    return False


def _title(field: Field) -> str:
    return f"{field.name}({field.code})"
