"""CSV: comma and double quote, strict UTF-8 (with or without mark), else strict GB18030.

The encoding is never guessed from frequencies: a guesser takes short Chinese texts for other
encodings. The whole file is gone through once before the first row is given, so that a file broken
in the middle is refused as a whole.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from connectors.file_rows import FileRow, Opened, UnreadableError
from schemas import Table

_ENCODINGS = ("utf-8-sig", "gb18030")
_CHUNK = 1 << 20
_UNCLOSED = 64_000_000
COMMAS_LIMIT = 1_000_000
"""Commas in one line: each may be a cell that needs memory."""
_FOREIGN = {
    b"PK\x03\x04": "文件内容是压缩包或 XLSX，请改正扩展名",
    b"\xd0\xcf\x11\xe0": "文件内容是旧版 Excel（.xls），请另存为 .xlsx 或 CSV",
    b"%PDF": "文件内容是 PDF，不是 CSV",
    b"\x89PNG": "文件内容是图片，不是 CSV",
    b"\xff\xd8\xff": "文件内容是图片，不是 CSV",
    b"\xff\xfe": "文件编码是 UTF-16，请另存为 UTF-8 或 GB18030",
    b"\xfe\xff": "文件编码是 UTF-16，请另存为 UTF-8 或 GB18030",
}

# The module's own limit (128 KB) would refuse files for a long cell; that is a defect of the row.
csv.field_size_limit(_UNCLOSED)


def open_csv(path: Path, table: Table) -> Opened:  # noqa: ARG001 - every format is opened so
    """The CSV file; raises UnreadableError for anything that is no clean CSV."""
    with path.open("rb") as file:
        start = file.read(8)
    for mark, reason in _FOREIGN.items():
        if start.startswith(mark):
            raise UnreadableError(reason)
    encoding = _encoding(path)
    rows = _parsed(path, encoding)
    try:
        header = next((row for row in rows if any(row.cells)), None)
        for _row in rows:
            pass
    except csv.Error as error:
        raise UnreadableError(_csv_reason(error)) from None
    if header is None:
        raise UnreadableError("文件中没有任何内容")
    return Opened(header.cells, _after(path, encoding, header.number), encoding)


def _csv_reason(error: csv.Error) -> str:
    text = str(error)
    if "field larger" in text:
        return "有单元格过长，多半是某处双引号没有成对，请检查后重新导出"
    if "unexpected end of data" in text:
        return "文件在双引号内结束：双引号没有成对，或文件没有传完"
    return f"双引号使用有误（{text}），含逗号、换行的内容应整体加双引号，其中的双引号写两遍"


def _after(path: Path, encoding: str, number: int) -> Iterator[FileRow]:
    return (row for row in _parsed(path, encoding) if row.number > number)


def _parsed(path: Path, encoding: str) -> Iterator[FileRow]:
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(_lines(file), strict=True)
        line = 1
        for cells in reader:
            yield FileRow(line, cells)
            line = reader.line_num + 1


def _lines(file: TextIO) -> Iterator[str]:
    """The lines of a file; raises UnreadableError for one that no table has."""
    while line := file.readline(_UNCLOSED):
        if len(line) == _UNCLOSED:
            raise UnreadableError(
                f"有一行长达 {_UNCLOSED} 个字符，不是以换行分隔的表格，请检查后重新导出"
            )
        if line.count(",") > COMMAS_LIMIT:
            raise UnreadableError(
                f"有一行含 {COMMAS_LIMIT} 个以上的逗号，不是表格，请检查后重新导出"
            )
        yield line


def _encoding(path: Path) -> str:
    reasons = []
    for encoding in _ENCODINGS:
        try:
            with path.open(encoding=encoding, newline="") as file:
                while file.read(_CHUNK):
                    pass
        except UnicodeDecodeError as error:
            reasons.append(error)
        else:
            return encoding
    furthest = max(error.start for error in reasons)
    raise UnreadableError(
        f"文件既不是 UTF-8 也不是 GB18030 编码的文本（约第 {furthest + 1} 个字节处无法解码），"
        "请另存为其中之一"
    )
