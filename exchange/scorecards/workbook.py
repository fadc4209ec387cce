"""The scorecard as a workbook: the ranking, how it was computed, and the rows behind it.

Every number of the ranking is a link to the first of its rows. What bodies reported is text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from exchange.notices.days import OFFICE_ZONE, chinese_date, chinese_time
from exchange.notices.workbook import SAFE
from exchange.scorecards import rows as listed
from exchange.scorecards.formula import formula_text
from exchange.scorecards.measures import ACCESSIBILITY, PROPERTIES
from exchange.scorecards.scorecard import Scorecard
from exchange.store.connection import Conn
from schemas.policy import DIMENSIONS

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MOST_JUDGED, MOST_FAULTY = 60_000, 400_000
"""Rows for which the sheets are laid out: of versions judged, and of each kind of faulty ones."""
LEAST_ROWS = 500
MOST_IN_SHEET = 1_000_000
JUDGED, FOUND, LATE, CASES = "校验记录", "问题", "超时", "整改单"

Value = str | int | float | None


def caps_for(bodies: int) -> tuple[int, int]:
    """How many rows of one body are listed: of versions judged, and of each kind of faulty ones."""
    share = max(bodies, 1)
    return max(LEAST_ROWS, MOST_JUDGED // share), max(LEAST_ROWS, MOST_FAULTY // share)


def write(conn: Conn, card: Scorecard, path: Path) -> None:
    """Write the workbook to ``path`` row by row; in the transaction of the scorecard."""
    from xlsxwriter import Workbook

    with Workbook(str(path), {**SAFE, "constant_memory": True}) as book:
        created = card.as_of.astimezone(OFFICE_ZONE).replace(tzinfo=None)
        book.set_properties({"title": f"数据质量评分 {card.day}", "created": created})
        ranking = book.add_worksheet("排名")
        _method(book, card)
        names = {one.measures.body: one.measures.name for one in card.standings}
        first: dict[tuple[str, str], int] = {}
        _sheet(book, JUDGED, _JUDGED, _judged_rows(conn, card, names), first)
        _sheet(book, FOUND, _FOUND, _found_rows(conn, card, names), first)
        _sheet(book, LATE, _LATE, _late_rows(conn, card, names), first)
        _sheet(book, CASES, _CASES, _case_rows(card, names), first)
        _ranking(book, ranking, card, first)


_JUDGED = (
    ("单位", 18), ("标准", 7), ("表", 28), ("表代码", 24), ("业务主键", 44), ("地方数据主键", 28),
    ("版本", 7), ("现在的状态", 18),
)  # fmt: skip
_FOUND = (
    ("单位", 18), ("特性", 10), ("标准", 7), ("表", 28), ("业务主键", 44), ("地方数据主键", 28),
    ("字段", 24), ("上报值", 28), ("问题", 44), ("规则", 24), ("条款", 24),
)  # fmt: skip
_LATE = (
    ("单位", 18), ("标准", 7), ("表", 28), ("业务主键", 44), ("地方数据主键", 28), ("发生", 20),
    ("取到", 20), ("上报", 20), ("入库", 20), ("用时（秒）", 12), ("现在的状态", 18),
)  # fmt: skip
_CASES = (
    ("单位", 18), ("文号", 24), ("立案", 20), ("通知", 20), ("期限", 12), ("记录", 8),
    ("未改正", 8), ("状态", 10),
)  # fmt: skip


def _judged_rows(
    conn: Conn, card: Scorecard, names: dict[str, str]
) -> Iterable[tuple[str, tuple[Value, ...]]]:
    for one in listed.judged(conn, card.span, caps_for(len(names))[0]):
        yield (
            one.body,
            (
                names[one.body], one.standard, one.table_name, one.table, one.key, one.local_key,
                one.revision, one.state,
            ),
        )  # fmt: skip


def _found_rows(
    conn: Conn, card: Scorecard, names: dict[str, str]
) -> Iterable[tuple[str, tuple[Value, ...]]]:
    for one in listed.failing(conn, card.span, caps_for(len(names))[1]):
        record = one.record
        yield (
            f"{record.body}/{one.dimension}",
            (
                names[record.body], PROPERTIES[one.dimension], record.standard,
                record.table_name, record.key, record.local_key, one.fields,
                one.value or "（空）", one.message, one.rule, one.clause,
            ),
        )  # fmt: skip


def _late_rows(
    conn: Conn, card: Scorecard, names: dict[str, str]
) -> Iterable[tuple[str, tuple[Value, ...]]]:
    for one in listed.late(conn, card.span, caps_for(len(names))[1]):
        record = one.record
        yield (
            record.body,
            (
                names[record.body], record.standard, record.table_name, record.key,
                record.local_key, _time(one.event), _time(one.pulled_at), _time(one.sent_at),
                _time(one.confirmed_at), one.seconds, record.state,
            ),
        )  # fmt: skip


def _case_rows(card: Scorecard, names: dict[str, str]) -> Iterable[tuple[str, tuple[Value, ...]]]:
    for case in card.cases:
        state = "逾期" if case["overdue"] else "期限内" if case["deadline"] else "归集中"
        yield (
            case["body"],
            (
                names[case["body"]], case["number"], _time(case["opened_at"]),
                _time(case["notified_at"]), str(case["deadline"] or ""), case["items"],
                case["open_items"], state,
            ),
        )  # fmt: skip


def _sheet(
    book: Workbook,
    name: str,
    columns: Sequence[tuple[str, int]],
    rows: Iterable[tuple[str, tuple[Value, ...]]],
    first: dict[tuple[str, str], int],
) -> None:
    """One list; ``first`` learns in which row each body (and property) begins."""
    sheet = book.add_worksheet(name)
    head, cell = _head(book), book.add_format({"valign": "top"})
    for column, (title, width) in enumerate(columns):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, head)
    sheet.freeze_panes(1, 1)
    number = 0
    for place, values in rows:
        number += 1
        if number > MOST_IN_SHEET:
            sheet.write_string(number, 0, "行数已到表格上限，其余未列出", head)
            break
        first.setdefault((name, place), number)
        for column, value in enumerate(values):
            _put(sheet, number, column, value, cell)
    sheet.autofilter(0, 0, max(number, 1), len(columns) - 1)


def _ranking(
    book: Workbook, sheet: Worksheet, card: Scorecard, first: dict[tuple[str, str], int]
) -> None:
    head = _head(book)
    plain = book.add_format({"valign": "vcenter"})
    percent = book.add_format({"num_format": "0.0%"})
    points = book.add_format({"num_format": "0.00", "bold": True})
    columns = [
        "名次", "单位", "代码", "总分", "等次", "校验记录", "退回",
        *(PROPERTIES[dimension] for dimension in DIMENSIONS),
        "及时率", "P50（秒）", "P95（秒）", "P99（秒）", "未办结整改单", "逾期整改单",
    ]  # fmt: skip
    sheet.set_column(0, len(columns), 11)
    sheet.set_column(1, 1, 26)
    for column, title in enumerate(columns):
        sheet.write_string(0, column, title, head)
    sheet.freeze_panes(1, 2)
    for row, standing in enumerate(card.standings, start=1):
        m, t = standing.measures, standing.measures.timing
        judged, late, cases = (JUDGED, m.body), (LATE, m.body), (CASES, m.body)
        cells: list[tuple[Value, Format, tuple[str, str] | None]] = [
            (standing.rank, plain, None),
            (m.name, plain, None),
            (m.body, plain, None),
            (standing.total, points, None),
            (standing.grade, plain, None),
            (m.judged, plain, judged),
            (m.returned, plain, judged),
            *(
                (
                    "未测" if m.judged and share is None else share,
                    percent,
                    (FOUND, f"{m.body}/{dimension}"),
                )
                for dimension, share in m.shares().items()
            ),
            (t.share if t.due else "未测", percent, late),
            *((_seconds(value), plain, late) for value in (t.p50, t.p95, t.p99)),
            (m.open_cases, plain, cases),
            (m.overdue_cases, plain, cases),
        ]
        for column, (value, cell, place) in enumerate(cells):
            if place in first:
                assert place is not None
                sheet.write_url(row, column, f"internal:'{place[0]}'!A{first[place] + 1}")
            _put(sheet, row, column, value, cell)


def _method(book: Workbook, card: Scorecard) -> None:
    sheet = book.add_worksheet("计算办法")
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 110)
    policy = card.policy
    judged, faulty = caps_for(len(card.standings))
    default = "默认权重：没有公开文件规定，由系统预设，可以在政策包中改定"
    facts = [
        ("日期", chinese_date(card.day)),
        ("计算时间", chinese_time(card.as_of)),
        ("是否定稿", "是" if card.complete else "否：当日尚未结束或仍有记录在时限内"),
        ("公式", formula_text(policy)),
        ("权重", default if policy.scoring.is_default else policy.document),
        ("政策包", f"{policy.name}（{policy.effective_from} 起，摘要 {policy.digest}）"),
        (PROPERTIES["accessibility"], ACCESSIBILITY),
        ("时限", f"{policy.clock.seconds}秒，{policy.article(policy.clock.article).text}"),
        (
            "行数",
            (
                f"“{JUDGED}”每个单位最多列{judged}行，先列退回的；“{FOUND}”“{LATE}”每个单位每类最多列"
                f"{faulty}行。没有列出的记录用命令 exchange ledger show 地方数据主键 逐条查看。"
            ),
        ),
        *(
            ("校验依据", f"标准{one['standard']} 规则{one['ruleset']} 代码表{one['codelists']}")
            for one in card.stamps
        ),
    ]
    for row, (name, text) in enumerate(facts):
        sheet.write_string(row, 0, name, wrapped)
        sheet.write_string(row, 1, text, wrapped)


def _head(book: Workbook) -> Format:
    return book.add_format({"bold": True, "bg_color": "#F4F6F9", "bottom": 1})


def _put(sheet: Worksheet, row: int, column: int, value: Value, cell: Format) -> None:
    if value is None:
        sheet.write_blank(row, column, None, cell)
    elif isinstance(value, str):
        sheet.write_string(row, column, value, cell)
    else:
        sheet.write_number(row, column, value, cell)


def _time(at: datetime | None) -> str:
    return "" if at is None else f"{at.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M:%S}"


def _seconds(value: float | None) -> Value:
    if value is None:
        return None
    return "未入库" if value == float("inf") else round(value, 1)
