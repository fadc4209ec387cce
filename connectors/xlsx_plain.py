"""Workbooks read with the standard library alone, for places where calamine cannot be installed.

The offline check of a county runs on whatever Python there is. What is offered here has the names
and meanings of the part of calamine that ``connectors.file_xlsx`` uses; a test reads the same
workbooks with both. Slower than calamine by far, and enough for a file that a person has made.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum, auto
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from xml.parsers import expat

from connectors.xlsx_cells import place_of

_LITERAL = re.compile(r'"[^"]*"?|\\.|\[[^\[\]]*\]|_.|\*.')
_BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_SPANS = frozenset({45, 46, 47})
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - wall time
_LEAP_BUG = 60
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_CHUNK = 1 << 18
_OLE = b"\xd0\xcf\x11\xe0"
Value = str | int | float | bool | date | datetime | time | timedelta


class CalamineError(Exception):
    """The workbook cannot be read."""


class PasswordError(CalamineError):
    """The workbook is encrypted."""


class SheetTypeEnum(Enum):
    """Kinds of sheets."""

    WorkSheet = auto()
    ChartSheet = auto()


class SheetVisibleEnum(Enum):
    """Whether people see a sheet."""

    Visible = auto()
    Hidden = auto()


@dataclass(frozen=True, slots=True)
class SheetMetadata:
    """A sheet as the workbook lists it."""

    name: str
    typ: SheetTypeEnum
    visible: SheetVisibleEnum


@dataclass(frozen=True, slots=True)
class CalamineSheet:
    """A sheet's filled rectangle: where it begins, and its rows; an empty cell is ``""``."""

    start: tuple[int, int] | None
    rows: list[list[Value]]

    def to_python(self) -> list[list[Value]]:
        """The rows of the rectangle."""
        return self.rows


class CalamineWorkbook:
    """An opened workbook."""

    def __init__(self, path: Path) -> None:
        """Read what the workbook says of itself. Raises CalamineError, PasswordError."""
        self._path = path
        with _archive(path) as archive:
            book = _tree(archive, "xl/workbook.xml")
            relations = _tree(archive, "xl/_rels/workbook.xml.rels")
            parts = {one.get("Id"): one for one in relations}
            self._parts: dict[str, str] = {}
            self.sheets_metadata: list[SheetMetadata] = []
            for sheet in _all(book, "sheet"):
                identity = next((v for k, v in sheet.attrib.items() if _local(k) == "id"), None)
                relation = parts.get(identity)
                if relation is None:
                    continue
                name = sheet.get("name", "")
                target = posixpath.join("/xl", relation.get("Target", ""))
                self._parts[name] = posixpath.normpath(target).lstrip("/")
                work = relation.get("Type", "").endswith("/worksheet")
                seen = sheet.get("state", "visible") == "visible"
                self.sheets_metadata.append(
                    SheetMetadata(
                        name,
                        SheetTypeEnum.WorkSheet if work else SheetTypeEnum.ChartSheet,
                        SheetVisibleEnum.Visible if seen else SheetVisibleEnum.Hidden,
                    )
                )
            old = any(one.get("date1904") in {"1", "true"} for one in _all(book, "workbookPr"))
            self._epoch = _EPOCH_1904 if old else _EPOCH
            names = set(archive.namelist())
            shared = "xl/sharedStrings.xml"
            self._strings = _strings(archive, shared) if shared in names else []
            styles = "xl/styles.xml"
            self._kinds = _kinds(_tree(archive, styles)) if styles in names else []

    def get_sheet_by_name(self, name: str) -> CalamineSheet:
        """Read a sheet. Raises CalamineError."""
        reader = _Cells(self._value)
        with _archive(self._path) as archive:
            _stream(archive, self._parts[name], reader)
        return _rectangle(reader.found)

    def _value(self, kind: str, style: int, text: str) -> Value:
        match kind:
            case "s":
                at = int(text)
                return self._strings[at] if at < len(self._strings) else ""
            case "b":
                return text.strip() == "1"
            case "str" | "inlineStr":
                return _unescaped(text)
            case "e":
                return ""
            case "d":
                return datetime.fromisoformat(text)
        number = float(text)
        how = self._kinds[style] if style < len(self._kinds) else ""
        return number if not how else _moment(number, how, self._epoch)


def load_workbook(path: Path) -> CalamineWorkbook:
    """Open a workbook. Raises CalamineError for one that cannot be read, PasswordError."""
    return CalamineWorkbook(path)


class _Cells:
    """Expat's callbacks over one worksheet: the filled cells by row and column."""

    def __init__(self, value: Callable[[str, int, str], Value]) -> None:
        self.found: dict[tuple[int, int], Value] = {}
        self._value = value
        self._place = (0, -1)
        self._kind, self._style = "n", 0
        self._text: list[str] = []
        self._inside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match _local(name):
            case "row":
                self._place = (int(attributes.get("r", self._place[0] + 2)) - 1, -1)
            case "c":
                self._place = place_of(attributes.get("r")) or (self._place[0], self._place[1] + 1)
                self._kind = attributes.get("t", "n")
                self._style = int(attributes.get("s", 0))
                self._text = []
            case "v" | "t":
                self._inside = True
            case "rPh":
                self._kind = "phonetic"

    def text(self, text: str) -> None:
        if self._inside and self._kind != "phonetic":
            self._text.append(text)

    def end(self, name: str) -> None:
        match _local(name):
            case "v" | "t":
                self._inside = False
            case "rPh":
                self._kind = "inlineStr"
            case "c":
                text = "".join(self._text)
                if text:
                    self.found[self._place] = self._value(self._kind, self._style, text)


def _rectangle(found: dict[tuple[int, int], Value]) -> CalamineSheet:
    if not found:
        return CalamineSheet(None, [])
    top, bottom = min(row for row, _ in found), max(row for row, _ in found)
    left, right = min(column for _, column in found), max(column for _, column in found)
    rows: list[list[Value]] = [[""] * (right - left + 1) for _ in range(bottom - top + 1)]
    for (row, column), value in found.items():
        rows[row - top][column - left] = value
    return CalamineSheet((top, left), rows)


def _moment(number: float, how: str, epoch: datetime) -> Value:
    span = timedelta(days=number)
    if how == "span":
        return span
    if 0 <= number < 1:
        return (epoch + span + timedelta(microseconds=500)).time().replace(microsecond=0)
    if epoch is _EPOCH and number < _LEAP_BUG:
        span += timedelta(days=1)  # the format believes in 29 February 1900
    try:
        return epoch + timedelta(seconds=round(span.total_seconds(), 3))
    except OverflowError:
        return number


def _kinds(styles: ET.Element) -> list[str]:
    """For each cell style: ``date``, ``span`` (a length of time) or nothing."""
    own = {
        int(one.get("numFmtId", -1)): _kind(one.get("formatCode", ""))
        for one in _all(styles, "numFmt")
    }
    cells = next(iter(_all(styles, "cellXfs")), None)
    found = []
    for style in () if cells is None else cells:
        number = int(style.get("numFmtId", 0))
        built_in = "date" if number in _BUILT_IN_DATES else ""
        found.append(own.get(number, "span" if number == 46 else built_in))  # noqa: PLR2004 - [h]:mm:ss
    return found


def _kind(code: str) -> str:
    if re.search(r"\[[hms]+\]", code, re.IGNORECASE):
        return "span"
    plain = _LITERAL.sub("", code.partition(";")[0]).lower()
    return "date" if re.search(r"[ymdhs]", plain) and "general" not in plain else ""


def _strings(archive: zipfile.ZipFile, part: str) -> list[str]:
    """The shared texts, without the reading aids of Japanese."""
    return [
        _unescaped(
            "".join(
                node.text or ""
                for child in item
                if _local(child.tag) in {"t", "r"}
                for node in child.iter()
                if _local(node.tag) == "t"
            )
        )
        for item in _tree(archive, part)
    ]


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _archive(path: Path) -> zipfile.ZipFile:
    with path.open("rb") as file:
        if file.read(4) == _OLE:
            raise PasswordError
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise CalamineError(str(error)) from None


def _tree(archive: zipfile.ZipFile, part: str) -> ET.Element:
    """A small part as a tree; a document type is refused like everywhere."""
    builder = ET.TreeBuilder()
    _stream(archive, part, _Tree(builder))
    return builder.close()


class _Tree:
    """Expat's callbacks that build a tree."""

    def __init__(self, builder: ET.TreeBuilder) -> None:
        self.start: Callable[[str, dict[str, str]], Any] = builder.start
        self.end: Callable[[str], Any] = builder.end
        self.text: Callable[[str], Any] = builder.data


def _stream(archive: zipfile.ZipFile, part: str, handler: Any) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = _refuse
    try:
        with archive.open(part) as file:
            while chunk := file.read(_CHUNK):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
    except (KeyError, expat.ExpatError, zipfile.BadZipFile, EOFError) as error:
        raise CalamineError(f"{part}: {error}") from None


def _refuse(*_arguments: object) -> None:
    raise CalamineError("document type")


def _all(tree: ET.Element, name: str) -> Iterator[ET.Element]:
    return (node for node in tree.iter() if _local(node.tag) == name)


def _local(name: str) -> str:
    return name.rpartition("}")[2].rpartition(":")[2]
