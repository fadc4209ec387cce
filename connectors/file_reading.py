"""Delivered files as rows of a table: CSV, XLSX and DBF, read the same way by pull and by check.

The first filled row is the header: column codes or the Chinese names of the standard. Cells come as
text exactly as the file has them, an empty cell is None. What reading a format loses (digits of a
number, a formula's text) is a defect of the row; a file that cannot be read as a table at all is
refused as a whole, with a reason in Chinese for the body.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from connectors.base import TECHNICAL_COLUMNS, Defect, RefusedError, SourceRow
from connectors.cells import keep_cell, shorten
from connectors.file_csv import open_csv
from connectors.file_dbf import open_dbf
from connectors.file_rows import FileRow, Opened, UnreadableError
from connectors.file_xlsx import open_xlsx
from schemas import Field, Table

Kind = Literal["csv", "xlsx", "dbf"]

FILE_LIMIT = 200_000_000
"""Bytes of the largest file taken."""

_OPENERS = {"csv": open_csv, "xlsx": open_xlsx, "dbf": open_dbf}
_CHANGE_TIME = "GXSJ"
_ZONE = ZoneInfo("Asia/Shanghai")
_LONE_EXPONENT = re.compile(r"[+-]?\d(?:\.\d+)?[eE]\+?\d{1,3}\Z")
_SHOWN_COLUMNS = 8


@dataclass(frozen=True, slots=True)
class FileContent:
    """A file that can be read as rows of ``table``; ``rows`` can be gone through once."""

    rows: Iterator[SourceRow]
    sha256: str
    encoding: str | None
    kind: Kind
    columns: tuple[str, ...]


def kind_of(path: Path) -> Kind:
    """The kind of a file by the end of its name; raises RefusedError naming the kinds there are."""
    match path.suffix.lower():
        case ".csv":
            return "csv"
        case ".xlsx":
            return "xlsx"
        case ".dbf":
            return "dbf"
        case suffix:
            raise RefusedError(
                f"不接收 {suffix or '无扩展名'} 文件，请改用 .csv（UTF-8 或 GB18030）、"
                ".xlsx 或 .dbf（校验命令还可读 .parquet）",
                row=path.name,
            )


def read_file(path: Path, table: Table) -> FileContent:
    """The file as rows of ``table``; structure is checked at once, rows are made as they are read.

    Raises RefusedError, whose message names the file and says what to change.
    """
    kind = kind_of(path)
    size = path.stat().st_size
    if size == 0:
        raise refused(path, table, "文件为空")
    if size > FILE_LIMIT:
        raise refused(path, table, f"文件有 {size} 字节，超过 {FILE_LIMIT} 字节的上限，请拆分")
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    try:
        opened = _OPENERS[kind](path, table)
        columns = columns_of(opened.header, table)
    except UnreadableError as error:
        raise refused(path, table, str(error)) from None
    return FileContent(
        rows=_rows(opened, columns, table),
        sha256=sha256,
        encoding=opened.encoding,
        kind=kind,
        columns=tuple(columns),
    )


def refused(path: Path, table: Table, reason: str) -> RefusedError:
    """The error for a file that cannot be taken; it names the file."""
    return RefusedError(f"文件 {path.name}：{reason}", table=table.code)


def columns_of(header: Sequence[str | None], table: Table) -> list[str]:
    """The column code of each header cell; raises UnreadableError saying what is wrong."""
    names = {field.name: code for code, field in table.by_code.items()}
    known = {*table.columns, *TECHNICAL_COLUMNS}
    titles = [(cell or "").strip() for cell in header]
    columns = [names.get(title) or _code(title, known) for title in titles]
    unknown = [
        title or "（空）" for title, code in zip(titles, columns, strict=True) if code is None
    ]
    if len(unknown) == len(titles):
        raise UnreadableError(
            f"第一行不是 {table.code}（{table.name}）的表头，读到 {_listed(unknown)}；"
            f"应为字段代码或中文名，如 {_listed(table.columns)}，以半角逗号分隔"
        )
    if unknown:
        near = get_close_matches(shorten(unknown[0]), [*known, *names], n=1, cutoff=0.6)
        hint = f"，是否应为 {near[0]}" if near else ""
        raise UnreadableError(f"表头有标准之外的列 {_listed(unknown)}{hint}")
    found = [code for code in columns if code is not None]
    twice = sorted(code for code, times in Counter(found).items() if times > 1)
    if twice:
        raise UnreadableError(f"表头有重复的列 {_listed(twice)}")
    missing = [
        f"{field.code}（{field.name}）"
        for field in table.fields
        if field.code not in found and _must_be_there(field, table)
    ]
    if missing:
        raise UnreadableError(f"表头缺少列 {_listed(missing)}")
    return found


def _must_be_there(field: Field, table: Table) -> bool:
    """Optional columns may be left out of a file, others not: missing is not the same as empty."""
    if field.code in TECHNICAL_COLUMNS or field.receiver:
        return False
    return field.required != "O" or field.code in table.key


def _code(title: str, known: set[str]) -> str | None:
    if title.upper() in known:
        return title.upper()
    # DBF cuts names at ten characters.
    cut = [code for code in known if code[:10] == title.upper()] if len(title) == 10 else []  # noqa: PLR2004 - as above
    return cut[0] if len(cut) == 1 else None


def _listed(names: Sequence[str]) -> str:
    shown = "、".join(shorten(name) for name in names[:_SHOWN_COLUMNS])
    return shown + (" 等" if len(names) > _SHOWN_COLUMNS else "")


def _rows(opened: Opened, columns: list[str], table: Table) -> Iterator[SourceRow]:
    kept = [code in table.by_code for code in columns]
    for row in opened.rows:
        if any(cell for cell in row.cells):
            yield _row(row, columns, kept, table)


def _row(row: FileRow, columns: list[str], kept: list[bool], table: Table) -> SourceRow:
    values: dict[str, str | None] = dict.fromkeys(table.columns)
    defects: list[Defect] = []
    if len(row.cells) != len(columns):
        message = f"本行有 {len(row.cells)} 列，表头有 {len(columns)} 列，各列可能已错位"
        defects.append(Defect("ragged_row", None, None, message))
    changed_at = None
    for code, keep, cell in zip(columns, kept, row.cells, strict=False):
        text = cell or None
        if code == _CHANGE_TIME:
            changed_at = _time(text)
        if keep:
            values[code], found = keep_cell(code, text)
            defects.extend(found)
            if text is not None and _lost_digits(table.by_code[code], text):
                message = "长编码变成了科学计数法，原有的位数已丢失，请把该列设为文本后重新导出"
                defects.append(Defect("digits_lost", code, shorten(text), message))
    defects.extend(
        Defect(fault.code, columns[fault.column], shorten(fault.value), fault.message)
        for fault in row.faults
        if fault.column < len(columns)
    )
    return SourceRow(values, changed_at, f"第{row.number}行", tuple(defects))


def _lost_digits(field: Field, text: str) -> bool:
    """A code that a spreadsheet has turned into 4.2060E+17 on the way into the file."""
    return field.type == "string" and bool(_LONE_EXPONENT.match(text))


def _time(text: str | None) -> datetime | None:
    try:
        return None if text is None else datetime.fromisoformat(text).replace(tzinfo=_ZONE)
    except ValueError:
        return None
