"""Garbage that sources really hold: control characters, formulas, lost digits, huge cells."""

from __future__ import annotations

from random import Random

from schemas.sample.faults.fault import (
    Break,
    Changes,
    Fault,
    Record,
    collected,
    content,
    some_field,
)
from schemas.standard import Field, Table

#: Ten million characters: more than any column of the standard can mean to hold.
HUGE = 10_000_000
_LONG_CODE = 15


def _is_text(field: Field, _: str) -> bool:
    return field.type == "string" and not field.codelist and not field.format


def _is_chinese(field: Field, text: str) -> bool:
    return _is_text(field, text) and not text.isascii()


def _is_code(field: Field, text: str) -> bool:
    return field.type == "string" and text.isdigit() and len(text) >= _LONG_CODE


def _text(bad: str) -> Break:
    """Puts a piece of garbage behind the text of a field of free text."""
    return some_field(_is_text, lambda text, _: text + bad)


def _mojibake(text: str, _: Random) -> str:
    """What Chinese text becomes when its GB18030 bytes are read as Latin letters."""
    return text.encode("gb18030").decode("latin-1")


def _digits_lost(table: Table, record: Record, rng: Random) -> Changes | None:
    """A long number that went through a spreadsheet: 4.20602E+17."""
    codes = [
        field.code
        for field in content(table)
        if (text := record.get(field.code)) and _is_code(field, text)
    ]
    if not codes:
        return None
    code = rng.choice(codes)
    return {code: f"{float(record[code] or 0):.5E}"}


FAULTS = collected(
    Fault("emoji", "文字中含表情符号", (), _text("😀")),
    Fault("null_character", "文字中含空字符", (), _text("\x00")),
    Fault("control_character", "文字中含控制字符", (), _text("\x07\x1b")),
    Fault("line_breaks", "文字中含换行和制表符", (), _text("\r\n\t")),
    Fault("trailing_spaces", "文字首尾含空格", (), _text("  ")),
    Fault("replacement_character", "文字含乱码替代符", (), _text("锟斤拷\ufffd")),
    Fault("mojibake", "文字编码错误成为乱码", (), some_field(_is_chinese, _mojibake)),
    Fault(
        "formula_text",
        "单元格内容为公式",
        (),
        some_field(_is_text, lambda _, __: '=HYPERLINK("x","查看")'),
    ),
    Fault(
        "markup_text",
        "单元格内容为网页代码",
        (),
        some_field(_is_text, lambda _, __: "<script>alert(1)</script>"),
    ),
    Fault(
        "huge_cell",
        "单元格内容超过一千万字符",
        (),
        some_field(_is_text, lambda _, __: "长" * HUGE),
    ),
    Fault("digits_lost", "长编码变为科学计数法", (), _digits_lost),
)
