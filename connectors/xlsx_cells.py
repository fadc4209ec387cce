"""What calamine does not tell of a worksheet: which cells are formulas and which are errors.

The sheet's XML is read as a stream by expat; a document type (the door to entity bombs) is refused.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

from connectors.file_rows import UnreadableError

_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})\Z")
_CHUNK = 1 << 18
_SHOWN = 200

AREA_LIMIT = 30_000_000
"""Cells of the rectangle from A1 to the last cell used: memory is needed for all of them."""

NOTABLE_LIMIT = 200_000
"""Formula and error cells of a sheet: each is remembered."""

DEPTH_LIMIT = 100
"""Elements inside one another; a workbook has about ten."""


@dataclass(slots=True)
class Notable:
    """A cell that is a formula (its text) or shows an error (such as #N/A)."""

    formula: str | None = None
    error: str | None = None


@dataclass(slots=True)
class Inside:
    """A sheet's last row and column (counted from one) and its notable cells (from zero)."""

    cells: dict[tuple[int, int], Notable] = field(default_factory=dict)
    rows: int = 0
    columns: int = 0

    @property
    def area(self) -> int:
        """Cells of the rectangle from A1 to the last one."""
        return self.rows * self.columns


def look_inside(path: Path, sheet: str) -> Inside:
    """The extent of a sheet and its formula and error cells by (row, column).

    Raises UnreadableError when the workbook's parts do not fit together.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            part = _part_of(archive, sheet)
            if part is None:
                return Inside()
            reader = _SheetReader()
            _parse(archive, part, reader)
            return reader.found
    except (KeyError, expat.ExpatError, zipfile.BadZipFile, OSError, EOFError):
        raise UnreadableError("工作簿的内部结构有误，可能已损坏，请另存后重新提交") from None


class _SheetReader:
    """Expat's callbacks over one worksheet."""

    def __init__(self) -> None:
        self.found = Inside()
        self._depth = 0
        self._cell: Notable | None = None
        self._place: tuple[int, int] = (0, -1)
        self._error = False
        self._inside: str | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEPTH_LIMIT:
            raise UnreadableError("工作表的内部结构嵌套过深，不是表格软件生成的，不予接收")
        match _local(name):
            case "row":
                row = int(attributes.get("r", self._place[0] + 2)) - 1
                self._place = (row, -1)
            case "c":
                self._place = place_of(attributes.get("r")) or (self._place[0], self._place[1] + 1)
                self.found.rows = max(self.found.rows, self._place[0] + 1)
                self.found.columns = max(self.found.columns, self._place[1] + 1)
                if self.found.area > AREA_LIMIT:
                    raise UnreadableError(
                        f"工作表用到第 {self.found.rows} 行、第 {self.found.columns} 列，范围过大，"
                        "请删除空白区域的格式和内容"
                    )
                self._cell = Notable()
                self._error = attributes.get("t") == "e"
            case "f" if self._cell is not None:
                self._cell.formula = ""
                self._inside = "f"
            case "v" if self._cell is not None and self._error:
                self._cell.error = ""
                self._inside = "v"

    def text(self, text: str) -> None:
        if self._inside == "f" and self._cell is not None and self._cell.formula is not None:
            self._cell.formula = (self._cell.formula + text)[:_SHOWN]
        elif self._inside == "v" and self._cell is not None and self._cell.error is not None:
            self._cell.error = (self._cell.error + text)[:_SHOWN]

    def end(self, name: str) -> None:
        self._depth -= 1
        local = _local(name)
        if local in {"f", "v"}:
            self._inside = None
        elif local == "c" and self._cell is not None:
            if self._cell.formula is not None or self._cell.error is not None:
                self.found.cells[self._place] = self._cell
                if len(self.found.cells) > NOTABLE_LIMIT:
                    raise UnreadableError(
                        f"工作表中的公式和错误值超过 {NOTABLE_LIMIT} 个，请粘贴为数值后重新提交"
                    )
            self._cell = None


class _Entries:
    """Collects the attributes of all elements of one name."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.found: list[dict[str, str]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if _local(name) == self._name:
            self.found.append({_local(key): value for key, value in attributes.items()})

    def text(self, text: str) -> None:
        """Text between elements says nothing here."""

    def end(self, name: str) -> None:
        """Neither does the end."""


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """The part of the package that holds a sheet."""
    sheets = _Entries("sheet")
    _parse(archive, "xl/workbook.xml", sheets)
    relations = _Entries("Relationship")
    _parse(archive, "xl/_rels/workbook.xml.rels", relations)
    targets = {entry["Id"]: entry["Target"] for entry in relations.found}
    for entry in sheets.found:
        if entry["name"] == sheet:
            return posixpath.normpath(posixpath.join("/xl", targets[entry["id"]])).lstrip("/")
    return None


def _parse(archive: zipfile.ZipFile, part: str, handler: Any) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    with archive.open(part) as file:
        while chunk := file.read(_CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)


def _refuse_doctype(*_arguments: object) -> None:
    raise UnreadableError("工作簿含有文档类型声明，不予接收，请用电子表格软件另存后提交")


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def place_of(reference: str | None) -> tuple[int, int] | None:
    """Row and column, from zero, of a reference such as ``B7``; None for anything else."""
    found = _PLACE.match(reference or "")
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]) - 1, column - 1
