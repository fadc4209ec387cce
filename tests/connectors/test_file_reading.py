"""Single files: what is read as it is, what is reported as a defect, what is refused and why."""

from __future__ import annotations

import hashlib
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from connectors.base import RefusedError, SourceRow
from connectors.file_reading import read_file
from schemas import load

TABLE = load("3.0").table("SPGL_XMJBXXB")
NEEDED = [field.code for field in TABLE.fields if field.code not in {"LSH", "SJSCZT", "SBYY"}]


def cells(**changes: Any) -> list[Any]:
    """A row of the needed columns."""
    return [changes.get(code, f"{code}值") for code in NEEDED]


def csv_file(folder: Path, lines: list[str], encoding: str = "utf-8") -> Path:
    """A CSV of these lines."""
    path = folder / f"{TABLE.code}_1.csv"
    path.write_bytes("\r\n".join(lines).encode(encoding, "surrogatepass"))
    return path


def book(folder: Path, rows: list[list[Any]], title: str = "Sheet1") -> Path:
    """A workbook with these rows."""
    path = folder / f"{TABLE.code}_1.xlsx"
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    made.save(path)
    return path


def rows_of(path: Path) -> list[SourceRow]:
    """The rows of a file."""
    return list(read_file(path, TABLE).rows)


def refusal(path: Path) -> str:
    """Why a file is refused."""
    with pytest.raises(RefusedError) as caught:
        rows_of(path)
    assert path.name in str(caught.value)
    assert caught.value.table == TABLE.code
    return str(caught.value)


HEADER = ",".join(NEEDED)
LINE = ",".join(cells())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    """UTF-8 with and without mark and GB18030 give the same text, rare characters too."""
    path = csv_file(tmp_path, [HEADER, ",".join(cells(XMMC="𠮷镕㐀"))], encoding)
    content = read_file(path, TABLE)
    assert content.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert next(content.rows).values["XMMC"] == "𠮷镕㐀"
    assert content.encoding == ("gb18030" if encoding == "gb18030" else "utf-8-sig")


def test_chinese_header_any_order(tmp_path: Path) -> None:
    """The header may be the Chinese names of the standard, in any order."""
    names = [TABLE.by_code[code].name for code in reversed(NEEDED)]
    (row,) = rows_of(csv_file(tmp_path, [",".join(names), ",".join(reversed(cells()))]))
    assert row.values["XMMC"] == "XMMC值"
    assert row.where == "第2行"


def test_rows_that_are_ragged(tmp_path: Path) -> None:
    """A row with too few or too many cells is a defect of that row; the next one is whole."""
    first, second, third = rows_of(
        csv_file(tmp_path, [HEADER, LINE.rpartition(",")[0], LINE + ",more", LINE])
    )
    assert [defect.code for defect in first.defects] == ["ragged_row"]
    assert [defect.code for defect in second.defects] == ["ragged_row"]
    assert third.defects == ()


def test_nul_and_long_cells(tmp_path: Path) -> None:
    """A NUL byte and a cell of ten megabytes are defects of their row only."""
    lines = [HEADER, ",".join(cells(XMMC="a\0b")), ",".join(cells(XMMC="长" * 10_000_000)), LINE]
    nul, long, good = rows_of(csv_file(tmp_path, lines))
    assert [defect.code for defect in nul.defects] == ["nul_byte"]
    assert nul.values["XMMC"] == "a␀b"
    assert [defect.code for defect in long.defects] == ["cell_too_long"]
    assert good.defects == ()


def test_dirt_stays(tmp_path: Path) -> None:
    """Impossible dates, full-width digits, blanks and emoji stay as they are; empty is None."""
    dirt = {"XMMC": " 空 白 ", "XMTZLY": "１２", "SBSJ": "2026-02-30", "GCFW": "😀", "XMDM": ""}
    given = {code: text for code, text in dirt.items() if code in NEEDED}
    (row,) = rows_of(csv_file(tmp_path, [HEADER, ",".join(cells(**given))]))
    assert {code: row.values[code] or "" for code in given} == given
    assert row.values["XMDM"] is None
    assert row.defects == ()


def test_exponents_in_codes(tmp_path: Path) -> None:
    """A code that a spreadsheet wrote as 4.2E+17 has lost its digits: reported, not repaired."""
    (row,) = rows_of(csv_file(tmp_path, [HEADER, ",".join(cells(XMDM="4.20602E+17"))]))
    assert row.values["XMDM"] == "4.20602E+17"
    assert [(defect.code, defect.field) for defect in row.defects] == [("digits_lost", "XMDM")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "文件为空"),
        (b"\r\n\r\n", "没有任何内容"),
        (bytes(range(256)) * 20, "无法解码"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 50, "图片"),
        (b"PK\x03\x04" + b"x" * 50, "扩展名"),
        ("姓名,年龄\n张,3\n".encode(), "不是 SPGL_XMJBXXB"),
        ("\ufeff".encode("utf-16") + HEADER.encode("utf-16"), "UTF-16"),
        (HEADER.replace("XMMC", "XMMCC").encode(), "XMMCC，是否应为 XMMC"),
        (HEADER.replace("XMMC", "XMDM").encode(), "重复的列 XMDM"),
        (HEADER.replace("XMMC,", "").encode(), "缺少列 XMMC（项目名称）"),
        (f'{HEADER}\n"never closed,{LINE}\n'.encode(), "双引号没有成对"),
        (f'{HEADER}\n{LINE}\n"a"b,{LINE}\n'.encode(), "双引号使用有误"),
    ],
)
def test_csv_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    """A file that is no clean CSV of this table is refused as a whole with what to change."""
    path = tmp_path / f"{TABLE.code}_1.csv"
    path.write_bytes(content)
    assert reason in refusal(path)


def test_xlsx_cells(tmp_path: Path) -> None:
    """Dates, times, numbers and text of a workbook become text without loss."""
    given = {
        "XMDM": 420602, "XMMC": "文本", "GCDM": 1.5, "GCFW": 1e-7,
        "QJDGCDM": date(2026, 1, 2),
        "XMTZLY": datetime.fromisoformat("2026-01-02 03:04:05"), "DFSJZJ": None,
    }  # fmt: skip
    (row,) = rows_of(book(tmp_path, [NEEDED, cells(**given)]))
    assert [row.values[code] for code in given] == [
        "420602", "文本", "1.5", "0.0000001", "2026-01-02", "2026-01-02 03:04:05", None,
    ]  # fmt: skip
    assert row.defects == ()


def test_xlsx_losses(tmp_path: Path) -> None:
    """Long codes kept as numbers, formulas and error cells are defects with the field named."""
    path = book(
        tmp_path,
        [
            NEEDED,
            cells(XMDM=420602199001011234),
            cells(XMMC="=1+1"),
            cells(),
        ],
    )
    made = openpyxl.load_workbook(path)
    cell = made.active.cell(4, NEEDED.index("GCFW") + 1)
    cell.value = "#N/A"
    made.save(path)
    long, formula, error = rows_of(path)
    assert [(defect.code, defect.field) for defect in long.defects] == [("digits_lost", "XMDM")]
    assert [(defect.code, defect.value) for defect in formula.defects] == [("formula_cell", "=1+1")]
    assert [(defect.code, defect.field) for defect in error.defects] == [("error_cell", "GCFW")]
    assert [row.where for row in (long, formula, error)] == ["第2行", "第3行", "第4行"]


def test_xlsx_sheet_and_gaps(tmp_path: Path) -> None:
    """The sheet named like the table is read; empty rows between are no records."""
    made = openpyxl.Workbook()
    sheet = made.create_sheet(TABLE.name)
    for row in ([], ["", *NEEDED], ["", *cells()], [], ["", *cells()]):
        sheet.append(row)
    path = tmp_path / f"{TABLE.code}.xlsx"
    made.save(path)
    assert [row.where for row in rows_of(path)] == ["第3行", "第5行"]


def test_xlsx_refused(tmp_path: Path) -> None:
    """Damaged, bomb-like, endless and foreign workbooks are refused without eating the machine."""
    path = tmp_path / f"{TABLE.code}.xlsx"
    path.write_bytes(b"PK\x03\x04 not really")
    assert "不是有效的 XLSX" in refusal(path)
    path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(2000))
    assert "旧版 .xls" in refusal(path)
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb,
        bomb.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(450):
            part.write(bytes(1_000_000))
    assert "解压后" in refusal(path)
    far = openpyxl.Workbook()
    assert far.active is not None
    far.active["A1"] = "x"
    far.active["XFD1048576"] = "y"
    far.save(path)
    assert "范围过大" in refusal(path)


def test_xlsx_entities_are_refused(tmp_path: Path) -> None:
    """A workbook with a document type (entity bombs) is refused."""
    path = book(tmp_path, [NEEDED, cells()])
    bad = tmp_path / f"{TABLE.code}_2.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(bad, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith("sheet1.xml"):
                content = b'<!DOCTYPE x [<!ENTITY a "b">]>' + content.partition(b"?>")[2]
            target.writestr(name, content)
    assert "SPGL_XMJBXXB_2.xlsx" in refusal(bad)


def dbf_file(path: Path, fields: list[tuple[str, str, int]], rows: list[list[bytes]]) -> None:
    """A DBF file, byte by byte: name, type and width of each field."""
    width = 1 + sum(field[2] for field in fields)
    head = bytes([3, 126, 1, 2]) + len(rows).to_bytes(4, "little")
    head += (33 + 32 * len(fields)).to_bytes(2, "little") + width.to_bytes(2, "little") + bytes(20)
    for name, kind, size in fields:
        head += name.encode().ljust(11, b"\0") + kind.encode() + bytes(4) + bytes([size, 0])
        head += bytes(14)
    body = b"".join(
        b" " + b"".join(cell.ljust(field[2]) for cell, field in zip(row, fields, strict=True))
        for row in rows
    )
    path.write_bytes(head + b"\r" + body + b"\x1a")


def test_dbf(tmp_path: Path) -> None:
    """A DBF in GB18030: padding is not content, dates get hyphens, names are cut at ten."""
    path = tmp_path / f"{TABLE.code}.dbf"
    fields = [(code[:10], "C", 20) for code in NEEDED]
    fields[NEEDED.index("SBSJ")] = ("SBSJ", "D", 8)
    row = [code.encode() for code in NEEDED]
    row[NEEDED.index("XMMC")] = "襄城𠮷".encode("gb18030")
    row[NEEDED.index("SBSJ")] = b"20260102"
    dbf_file(path, fields, [row])
    content = read_file(path, TABLE)
    (read,) = list(content.rows)
    assert (content.kind, content.encoding) == ("dbf", "gb18030")
    assert (read.values["XMMC"], read.values["SBSJ"]) == ("襄城𠮷", "2026-01-02")


def test_dbf_refused(tmp_path: Path) -> None:
    """What is no DBF is refused."""
    path = tmp_path / f"{TABLE.code}.dbf"
    path.write_bytes(b"\x03" + bytes(range(200)))
    assert "DBF" in refusal(path)
