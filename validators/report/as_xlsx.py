"""The report as a workbook: what it is, the list of findings, and the data with the faults marked.

The marked copy keeps the values as they were sent, because it is there to be mended; the list of
findings masks personal data like every other form.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

from validators.finding import Finding
from validators.report.as_html import statement
from validators.report.as_text import cut_short
from validators.report.model import HANDLING, Report
from validators.report.words import RULE_TEXTS, Language, Word, words
from validators.rule import OWNER_NAMES, Consequence

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

COLUMNS = (
    ("位置", 12), ("处理", 22), ("字段", 26), ("现值", 26), ("应为", 32), ("问题", 44),
    ("为什么", 40), ("怎么改", 40), ("主键", 40), ("责任方", 20), ("条款", 12), ("条款内容", 40),
    ("规则", 34),
)  # fmt: skip
VALUE, EXPECTED = 3, 4
HOW_TO_USE = "“问题清单”逐条说明；“数据标注”中着色的单元格有问题，指向单元格可见批注。"
COLOURS_MEAN = "红：不可上报，须改正；黄：可上报，须整改；蓝：提示核查。"
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""What a body sends is text: never a formula, a link or a rounded number."""
MADE = datetime(2000, 1, 1)  # noqa: DTZ001 - fixed, so that the same report is the same file
CELL_LIMIT = 32_767
COMMENT_LIMIT = 5_000
"""Comments in one sheet; spreadsheet programs become slow with more, the colour stays."""
COLOURS: dict[Consequence, str] = {"reject": "#F8C9C9", "rectify": "#FBE7B2", "advice": "#CFE2F3"}
_GRAVITY = ("advice", "rectify", "reject")


def render(report: Report, language: Language = "zh") -> bytes:
    """The workbook; the same report gives the same bytes."""
    from xlsxwriter import Workbook

    word = words(language)
    file = BytesIO()
    with Workbook(file, {**SAFE, "in_memory": True}) as book:
        book.set_properties(
            {"title": f"{word('数据校验报告')} {report.input.file}", "created": MADE}
        )
        _cover(book, report, word)
        _findings(book, report, word)
        _data(book, report, word)
    return file.getvalue()


def _cover(book: Workbook, report: Report, word: Word) -> None:
    sheet = book.add_worksheet(word("说明"))
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 90)
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    stamp = report.stamp
    facts = [
        ("文件", report.input.file),
        ("数据表", f"{report.table.name}（{report.table.code}）"),
        ("读取的行", str(report.input.rows)),
        ("可上报", str(report.verdicts.get("pass", 0))),
        ("其中须整改", str(report.must_mend)),
        ("不可上报", str(report.verdicts.get("fail", 0))),
        ("问题", str(report.found)),
        *(("问题", line) for line in cut_short(report, word)),
        ("怎么用", word(HOW_TO_USE)),
        ("颜色", word(COLOURS_MEAN)),
        *(("没有检查", f"{reason}（{number}）") for reason, number in report.not_checked.items()),
        ("标准", f"{stamp.standard} {stamp.overlay}".strip()),
        (
            "规则集",
            f"{stamp.ruleset}，{word('代码表')} {stamp.codelists}，{word('引擎')} {stamp.engine}",
        ),
        ("文件", f"SHA-256 {report.input.sha256}"),
        ("自查码", report.self_check),
    ]
    if word(RULE_TEXTS) != RULE_TEXTS:
        facts.append(("规则", word(RULE_TEXTS)))
    for row, (name, told) in enumerate(facts):
        sheet.write_string(row, 0, word(name), bold)
        sheet.write_string(row, 1, told, wrapped)


def _findings(book: Workbook, report: Report, word: Word) -> None:
    sheet = book.add_worksheet(word("问题清单"))
    _heads(book, sheet, [word(name) for name, _ in COLUMNS], [width for _, width in COLUMNS])
    sheet.autofilter(0, 0, max(len(report.findings), 1), len(COLUMNS) - 1)
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    right = book.add_format({"text_wrap": True, "valign": "top", "bg_color": "#EDF6EE"})
    bad = _coloured(book)
    for row, finding in enumerate(report.findings, start=1):
        for column, told in enumerate(_told(finding, word)):
            form = {VALUE: bad[finding.consequence], EXPECTED: right}.get(column, plain)
            sheet.write_string(row, column, told[:CELL_LIMIT], form)


def _told(finding: Finding, word: Word) -> tuple[str, ...]:
    pairs = zip(finding.field_names, finding.fields, strict=True)
    return (
        finding.where,
        word(HANDLING[finding.consequence]),
        "、".join(f"{name}（{code}）" for name, code in pairs) or word("整行"),
        finding.value or word("（空）"),
        finding.expected or "",
        finding.message,
        finding.why,
        finding.fix,
        "；".join(f"{name}={value or word('（空）')}" for name, value in finding.key.items()),
        word(OWNER_NAMES[finding.owner]),
        finding.clause,
        statement(finding.clause),
        finding.rule,
    )


def _data(book: Workbook, report: Report, word: Word) -> None:
    """The rows as they were read, with the cells of findings coloured and commented."""
    sheet = book.add_worksheet(word("数据标注"))
    columns = [entry for entry in report.table.fields if not entry.receiver]
    names = [f"{entry.name}\n{entry.code}" for entry in columns]
    _heads(book, sheet, [word("位置"), *names], [10, *(18 for _ in columns)])
    sheet.freeze_panes(1, 1)
    by_cell: dict[tuple[int, str], list[Finding]] = defaultdict(list)
    for finding in report.findings:
        for code in finding.fields or ("",):
            by_cell[finding.row, code].append(finding)
    plain, bad = book.add_format({"valign": "top"}), _coloured(book)
    comments = 0
    for row, record in enumerate(report.records, start=1):
        cells = [(0, "", record.where)]
        cells += [
            (at, entry.code, record.values.get(entry.code) or "")
            for at, entry in enumerate(columns, start=1)
        ]
        for column, code, value in cells:
            found = by_cell.get((record.id, code), [])
            form = bad[_gravest(found)] if found else plain
            sheet.write_string(row, column, value[:CELL_LIMIT], form)
            if found and comments < COMMENT_LIMIT:
                comments += 1
                sheet.write_comment(
                    row, column, _comment(found, word), {"x_scale": 3, "y_scale": 2}
                )


def _gravest(found: list[Finding]) -> Consequence:
    return max((each.consequence for each in found), key=_GRAVITY.index)


def _comment(found: list[Finding], word: Word) -> str:
    should, mend = word("应为"), word("怎么改")
    told = [
        f"{each.message}\n{should}：{each.expected or ''}\n{mend}：{each.fix}（{each.clause}）"
        for each in found
    ]
    return "\n\n".join(told)[:CELL_LIMIT]


def _coloured(book: Workbook) -> dict[Consequence, Format]:
    return {
        consequence: book.add_format({"text_wrap": True, "valign": "top", "bg_color": colour})
        for consequence, colour in COLOURS.items()
    }


def _heads(book: Workbook, sheet: Worksheet, names: list[str], widths: list[int]) -> None:
    form = book.add_format(
        {"bold": True, "bg_color": "#F6F4EF", "border": 1, "text_wrap": True, "valign": "vcenter"}
    )
    for column, (name, width) in enumerate(zip(names, widths, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, form)
    sheet.freeze_panes(1, 0)
