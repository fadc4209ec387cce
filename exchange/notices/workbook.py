"""The findings of a notice as a workbook: one row per finding, all of them, with filters."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from exchange.notices.days import OFFICE_ZONE, chinese_date, chinese_time
from exchange.notices.paper import Paper
from validators.rule import CONSEQUENCE_NAMES, OWNER_NAMES

if TYPE_CHECKING:
    from xlsxwriter import Workbook

COLUMNS = (
    ("序号", 6), ("处理", 20), ("标准", 7), ("表", 26), ("表代码", 22), ("记录键", 44),
    ("地方数据主键", 24), ("字段", 26), ("上报值", 26), ("问题", 40), ("应改为／允许值", 28),
    ("原因", 40), ("如何改", 40), ("依据条款", 22), ("规则", 22), ("责任方", 18), ("期限", 16),
    ("推送次数", 9),
)  # fmt: skip
BAD_VALUE, EXPECTED = 8, 10
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""What a body reports is text: never a formula, a link or a rounded number."""


def render(paper: Paper) -> bytes:
    """The workbook; the same paper gives the same bytes."""
    from xlsxwriter import Workbook

    file = BytesIO()
    with Workbook(file, {**SAFE, "in_memory": True}) as book:
        book.set_properties(
            {
                "title": f"{paper.number} 问题清单",
                "author": paper.office.name,
                "created": paper.at.astimezone(OFFICE_ZONE).replace(tzinfo=None),
            }
        )
        _cover(book, paper)
        _findings(book, paper)
    return file.getvalue()


def _cover(book: Workbook, paper: Paper) -> None:
    sheet = book.add_worksheet("说明")
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 90)
    case = paper.case
    deadline = chinese_date(case.deadline) if case.deadline else ""
    facts = (
        ("文号", paper.number),
        ("标题", paper.title),
        ("收文单位", f"{case.body_name}（{case.body}）"),
        ("发文机关", paper.office.name),
        ("成文时间", chinese_time(paper.at)),
        ("整改期限", f"{deadline}前（{case.basis}）"),
        ("期限说明", "按暂定工作日历推算" if case.provisional else "按已公布的工作日历计算"),
        ("记录数", str(len(paper.items))),
        ("问题数", str(len(paper.lines))),
        ("联系方式", paper.office.contact),
        ("说明", "“问题清单”每行一处问题；涉及个人信息的值已遮盖。"),
    )
    for row, (name, text) in enumerate(facts):
        sheet.write_string(row, 0, name, bold)
        sheet.write_string(row, 1, text, wrapped)


def _findings(book: Workbook, paper: Paper) -> None:
    sheet = book.add_worksheet("问题清单")
    head = book.add_format({"bold": True, "bg_color": "#F5F2EC", "border": 1, "valign": "vcenter"})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    bad = book.add_format(
        {"text_wrap": True, "valign": "top", "bg_color": "#FDEAEA", "font_color": "#8A1116"}
    )
    good = book.add_format({"text_wrap": True, "valign": "top", "bg_color": "#EAF5EC"})
    for column, (name, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, head)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(paper.lines), 1), len(COLUMNS) - 1)
    formats = {BAD_VALUE: bad, EXPECTED: good}
    for row, values in enumerate(_rows(paper), start=1):
        for column, value in enumerate(values):
            cell = formats.get(column, plain)
            if isinstance(value, int):
                sheet.write_number(row, column, value, cell)
            else:
                sheet.write_string(row, column, value, cell)


def _rows(paper: Paper) -> list[tuple[Any, ...]]:
    deadline = f"{chinese_date(paper.case.deadline)}前" if paper.case.deadline else ""
    return [
        (
            number,
            line.waiver or CONSEQUENCE_NAMES.get(line.finding.get("consequence", "reject"), ""),
            line.item.standard,
            line.item.table_name,
            line.item.table,
            line.key,
            line.item.local_key or "",
            line.fields or "整条记录",
            line.text("value") or "（空）",
            line.text("message"),
            line.text("expected"),
            line.text("why"),
            line.text("fix"),
            line.text("clause"),
            line.text("rule"),
            OWNER_NAMES.get(line.finding.get("owner", "county"), ""),
            "" if line.waiver else deadline,
            line.item.pushes,
        )
        for number, line in enumerate([*paper.lines, *paper.waived], start=1)
    ]
