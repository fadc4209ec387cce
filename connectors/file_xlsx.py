"""XLSX: values by calamine; formulas, error cells and exact numbers by a look at the sheet itself.

The sheet is the one named like the table (code or Chinese name), else the first visible one. A
spreadsheet keeps fifteen digits of a number: a longer code typed as a number has lost its end, and
nothing can bring it back, so that is reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from connectors.file_rows import Fault, FileRow, Opened, UnreadableError
from connectors.xlsx_cells import Notable, look_inside
from connectors.xlsx_parts import check_parts
from schemas import Table

try:
    import python_calamine as workbooks
except ImportError:  # the offline check of a county, see connectors.xlsx_plain
    from connectors import xlsx_plain as workbooks  # type: ignore[no-redef]

_EXACT = 10**15
_SECOND = timedelta(seconds=1)
_LAST = datetime.max - _SECOND  # noqa: DTZ901 - times of a workbook have no zone
Value = str | int | float | bool | date | datetime | time | timedelta


def open_xlsx(path: Path, table: Table) -> Opened:
    """The workbook's sheet for ``table``; raises UnreadableError."""
    check_parts(path)
    try:
        workbook = workbooks.load_workbook(path)
        name = _sheet_name(workbook, table)
        inside = look_inside(path, name)
        sheet = workbook.get_sheet_by_name(name)
        values = sheet.to_python()
    except workbooks.PasswordError:
        raise UnreadableError("工作簿已加密，请去除密码后重新提交") from None
    except (workbooks.CalamineError, OSError, ValueError) as error:
        raise UnreadableError(f"工作簿无法读取（{type(error).__name__}），可能已损坏") from None
    if not any(any(cell != "" for cell in row) for row in values):
        raise UnreadableError(f"工作表“{name}”中没有任何内容")
    rows = _rows(sheet, values, inside.cells)
    header = next(row for row in rows if any(row.cells))
    return Opened(header.cells, rows, None)


def _sheet_name(workbook: workbooks.CalamineWorkbook, table: Table) -> str:
    sheets = [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.typ == workbooks.SheetTypeEnum.WorkSheet
        and sheet.visible == workbooks.SheetVisibleEnum.Visible
    ]
    for name in sheets:
        if name.strip().upper() == table.code or name.strip() == table.name:
            return name
    if not sheets:
        raise UnreadableError("工作簿中没有可见的工作表")
    return sheets[0]


def _rows(
    sheet: workbooks.CalamineSheet,
    values: list[list[Value]],
    notable: dict[tuple[int, int], Notable],
) -> Iterator[FileRow]:
    top, left = sheet.start or (0, 0)
    width = _width(values)
    for index, row in enumerate(values):
        cells: list[str | None] = []
        faults: list[Fault] = []
        for column, value in enumerate(row[:width]):
            text, fault = _cell(column, value, notable.get((top + index, left + column)))
            cells.append(text)
            if fault is not None:
                faults.append(fault)
        yield FileRow(top + index + 1, cells, faults)


def _width(values: list[list[Value]]) -> int:
    """Columns up to the last filled one of the header: a sheet's right margin is not data."""
    header = next(row for row in values if any(cell != "" for cell in row))
    filled = [number for number, cell in enumerate(header) if cell != ""]
    width = filled[-1] + 1
    beyond = any(cell != "" for row in values for cell in row[width:])
    return max(len(row) for row in values) if beyond else width


def _cell(column: int, value: Value, notable: Notable | None) -> tuple[str | None, Fault | None]:
    text = _text(value)
    if notable is not None and notable.error is not None:
        message = f"单元格是错误值 {notable.error}，请改正公式或填入应有的内容"
        return notable.error, Fault(column, "error_cell", notable.error, message)
    if notable is not None and notable.formula is not None:
        message = "单元格是公式，请把公式的结果粘贴为数值或文本后重新提交"
        return text, Fault(column, "formula_cell", f"={notable.formula}", message)
    if isinstance(value, int | float) and abs(value) >= _EXACT:
        message = "长编码以数值保存，只保留了前 15 位，其后的位数已丢失，请把该列设为文本后重填"
        return text, Fault(column, "digits_lost", str(text), message)
    return text, None


def _text(value: Value) -> str | None:
    """The cell as text: whole numbers without a point, times to the second."""
    match value:
        case "":
            return None
        case str():
            return value
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return str(value)
        case float():
            return _number(value)
        case datetime():
            return _moment(value)
        case date():
            return value.isoformat()
        case time():
            return value.strftime("%H:%M:%S")
        case _:
            return str(value)


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < 1e300:  # noqa: PLR2004 - what can be written out
        return str(int(value))
    return format(Decimal(repr(value)), "f")


def _moment(value: datetime) -> str:
    """A spreadsheet's time is a fraction of a day: rounded to the second it was typed as."""
    late = value > _LAST  # half a second more would leave the calendar
    rounded = (value if late else value + _SECOND / 2).replace(microsecond=0)
    if rounded.time() == time():
        return rounded.date().isoformat()
    return rounded.isoformat(" ")
