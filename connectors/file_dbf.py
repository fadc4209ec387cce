"""DBF: fields as the bytes that are stored, text in strict UTF-8, else strict GB18030.

Padding blanks of the fixed-width fields are not content; dates come as yyyy-MM-dd.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dbfread import DBF
from dbfread.exceptions import DBFNotFound, MissingMemoFile

from connectors.file_rows import FileRow, Opened, UnreadableError
from schemas import Table

_ENCODINGS = ("utf-8", "gb18030")
_HEAD = 32
_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})\Z")
_BROKEN = (DBFNotFound, struct.error, ValueError, IndexError, KeyError, EOFError, OSError)


def open_dbf(path: Path, table: Table) -> Opened:  # noqa: ARG001 - every format is opened so
    """The DBF file; raises UnreadableError."""
    try:
        _check_layout(path)
        content = DBF(path, raw=True, encoding="latin-1", lowernames=False)
        if not content.fields:
            raise UnreadableError("文件中没有字段定义")
        encoding = _encoding(content)
    except MissingMemoFile:
        raise UnreadableError("缺少备注文件（.dbt 或 .fpt），请一并提交，或改用 CSV") from None
    except _BROKEN as error:
        raise UnreadableError(f"不是有效的 DBF 文件（{type(error).__name__}）") from None
    header = [str(name) for name in content.field_names]
    return Opened(header, _rows(content, encoding), encoding)


def _check_layout(path: Path) -> None:
    """The header, before it is trusted: a record as wide as its fields, and none without width.

    A reader that skips a record of no width stands still for ever. Raises UnreadableError.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
        length, record = struct.unpack("<HH", head[8:12])
        fields = file.read(max(length, _HEAD) - _HEAD)
    ends = [at for at in range(0, len(fields), _HEAD) if fields[at] in b"\r\n"]
    if not ends:
        raise UnreadableError("不是有效的 DBF 文件（字段定义没有结尾）")
    widths = []
    for at in range(0, ends[0], _HEAD):
        kind, width, more = fields[at + 11], fields[at + 16], fields[at + 17]
        widths.append(width | more << 8 if kind == ord("C") else width)
    if 0 in widths or record != 1 + sum(widths):
        raise UnreadableError("不是有效的 DBF 文件（记录长度与各字段长度之和不符）")


def _encoding(content: Any) -> str:
    possible = list(_ENCODINGS)
    for record in content:
        for value in record.values():
            if isinstance(value, bytes) and not value.isascii():
                possible = [name for name in possible if _decodes(value, name)]
        if not possible:
            raise UnreadableError("文字既不是 UTF-8 也不是 GB18030 编码，请重新导出")
    return possible[0]


def _decodes(value: bytes, encoding: str) -> bool:
    try:
        value.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _rows(content: Any, encoding: str) -> Iterator[FileRow]:
    kinds = [field.type for field in content.fields]
    for number, record in enumerate(content, start=1):
        cells = [
            _text(value, kind, encoding) for value, kind in zip(record.values(), kinds, strict=True)
        ]
        yield FileRow(number, cells)


def _text(value: Any, kind: str, encoding: str) -> str | None:
    if value is None:
        return None
    text = value.decode(encoding) if isinstance(value, bytes) else str(value)
    if kind == "C":
        return text.rstrip(" \0") or None
    text = text.strip(" \0")
    found = _DAY.match(text) if kind == "D" else None
    return "-".join(found.groups()) if found else text or None
