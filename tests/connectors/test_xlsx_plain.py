"""Workbooks read with the standard library alone come out as calamine reads them."""

# ruff: noqa: DTZ001  times in workbooks carry no zone

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from connectors import file_xlsx, xlsx_plain
from connectors.file_reading import read_file
from schemas import load

TABLE = load("3.0").table("SPGL_XMJBXXB")
NEEDED = [field.code for field in TABLE.fields if not field.receiver]
VALUES: list[Any] = [
    "文字", " 空白 ", "", "=1+1", "1e5", 0, 7, -3, 3.25, 0.1 + 0.2, 1e15, 123456789012345678, 1e-7,
    True, False, date(2026, 2, 28), datetime(2026, 2, 28, 23, 59, 59), datetime(1999, 1, 1),
    time(9, 30), timedelta(hours=30, minutes=5), datetime(2026, 3, 1, 8, 0, 0, 999600), "a\nb",
    "<&>\"'", "𠮷😀", "_x0041_",
]  # fmt: skip


def by_openpyxl(path: Path) -> None:
    """A workbook as openpyxl writes it: shared texts, a hidden sheet before the data."""
    book = openpyxl.Workbook()
    hidden = book.active
    assert hidden is not None
    hidden.sheet_state = "hidden"
    sheet = book.create_sheet(TABLE.code)
    sheet.append([])
    sheet.append([None, *NEEDED])
    for at, value in enumerate(VALUES):
        sheet.append([None, *(f"{code}{at}" for code in NEEDED[:-1]), value])
    sheet.cell(9, 4).number_format = "[Red]0.00"
    book.save(path)


def by_xlsxwriter(path: Path) -> None:
    """A workbook as xlsxwriter writes it: own formats, formulas with values, rich text, errors."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("数据")
        sheet.write_row(0, 0, NEEDED)
        formats = [
            None, "yyyy-mm-dd", "yyyy/m/d h:mm", 'yyyy"年"m"月"d"日"', "h:mm:ss", "[h]:mm:ss",
            "0.00%", '0.0"days"', "m/d/yy", "General", "@",
        ]  # fmt: skip
        for at, form in enumerate(formats, start=1):
            sheet.write_row(at, 0, [f"{code}{at}" for code in NEEDED[:-2]])
            style = book.add_format({"num_format": form}) if form else None
            sheet.write_number(at, len(NEEDED) - 2, 46082.75, style)
            sheet.write_number(at, len(NEEDED) - 1, 0.4, style)
        sheet.write_formula(2, 1, "=A1&B1", None, "两")
        sheet.write_formula(3, 1, "=1/0", None, "#DIV/0!")
        bold = book.add_format({"bold": True})
        sheet.write_rich_string(4, 1, "前", bold, "粗", "后")


@pytest.mark.parametrize("write", [by_openpyxl, by_xlsxwriter])
def test_both_readers_see_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Any
) -> None:
    """Every cell, defect and place is the same, with calamine and without."""
    path = tmp_path / f"{TABLE.code}.xlsx"
    write(path)
    with_calamine = list(read_file(path, TABLE).rows)
    monkeypatch.setattr(file_xlsx, "workbooks", xlsx_plain)
    assert list(read_file(path, TABLE).rows) == with_calamine
    assert len(with_calamine) > 8


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    """A text file and an encrypted workbook are told apart."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"no zip at all")
    with pytest.raises(xlsx_plain.CalamineError):
        xlsx_plain.load_workbook(path)
    path.write_bytes(b"\xd0\xcf\x11\xe0 and more")
    with pytest.raises(xlsx_plain.PasswordError):
        xlsx_plain.load_workbook(path)
