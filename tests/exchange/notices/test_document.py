from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

import openpyxl
import pytest

from exchange.notices import circular, document, workbook
from exchange.notices.casefile import Case, Item
from exchange.notices.office import office_of
from exchange.notices.paper import Paper
from schemas.policy import load
from tests.goldens import assert_golden
from tests.ledgers import finding
from validators.finding import Finding

AT = datetime(2026, 11, 20, 4, 2, tzinfo=UTC)
CASE = Case(
    id=7,
    body="420602",
    body_name="襄城区",
    state="notified",
    opened_at=datetime(2026, 11, 20, 4, 0, tzinfo=UTC),
    number="襄工改整〔2026〕15号",
    notified_at=AT,
    deadline=date(2026, 11, 27),
    provisional=False,
    basis="自通知次日起5个工作日",
    overdue_since=None,
)
OFFICE = office_of(load("420602", date(2026, 11, 20)))
BAD_CODE = finding(
    "COM-013/LXLX",
    fields=("LXLX",),
    field_names=("立项类型",),
    value="9",
    expected="A00001、A00002、A00003",
    message="立项类型（LXLX）的值“9”不在代码表内。",
    why="代码表外的值上级平台无法识别，会退回整条记录。",
    fix="按代码表选择正确的立项类型后重新推送。",
    clause="COM-013",
)
LATE = finding(
    "TIM-001/SBSJ",
    consequence="rectify",
    fields=("BLSJ", "SLSJ"),
    field_names=("办理时间", "受理时间"),
    value="2026-11-19 09:00:00",
    message="办结时间早于受理时间。",
    why="时限统计会因此出错。",
    fix="核对两个时间，更正后重新推送。",
    clause="SPSX-T-004",
)


def item(number: int, findings: Sequence[Finding], **changed: object) -> Item:
    """A record that has to be mended."""
    made = Item(
        id=number,
        version=number,
        standard="3.0",
        table="SPGL_XMJBXXB",
        table_name="项目基本信息表",
        key={"XZQHDM": "420602", "GCDM": f"2026-420602-47-01-{number:06d}"},
        local_key=f"LOCAL-{number}",
        place=f"第{number}行",
        pushes=1,
        findings=tuple(one.to_json() for one in findings),
    )
    return replace(made, **changed)  # type: ignore[arg-type]  # changes of a test, by field name


def paper(*items: Item) -> Paper:
    """A first notice about these records."""
    return Paper("rectification", "襄工改整〔2026〕15号", CASE, OFFICE, items, AT)


SMALL = paper(
    item(1, [finding(), BAD_CODE]),
    item(2, [LATE], pushes=2),
    item(3, [finding(key={}, value=None)], key={}, local_key=None),
)


def test_the_notice_reads_as_agreed() -> None:
    """The letter and the file for programs are those of the golden files."""
    assert_golden("notices/rectification.html", document.render(SMALL).decode())
    told = json.dumps(SMALL.to_json(), ensure_ascii=False, indent=1)
    assert_golden("notices/rectification.json", told + "\n")


@pytest.mark.parametrize("occasion", ["failed_again", "due_soon", "overdue"])
def test_reminders_read_as_agreed(occasion: str) -> None:
    """Each occasion of a reminder has its own first paragraph."""
    text = document.render(
        replace(SMALL, kind="reminder", number="襄工改整〔2026〕16号", occasion=occasion)  # type: ignore[arg-type]  # the three literals above
    ).decode()
    assert_golden(f"notices/reminder_{occasion}.html", text)


def test_the_closing_notice_reads_as_agreed() -> None:
    """It counts what was confirmed and what was withdrawn, and lists nothing."""
    done = [
        item(1, [], resolved_at=AT, resolution="confirmed"),
        item(2, [], resolved_at=AT, resolution="withdrawn"),
    ]
    closing = Paper("closing", "襄工改整〔2026〕17号", CASE, OFFICE, done, AT)
    assert_golden("notices/closing.html", document.render(closing).decode())


def test_the_circular_reads_as_agreed() -> None:
    """A ranking by counts, marked as an unsigned draft."""
    section = {
        "action": "draft_circular",
        "title": "关于工程建设项目审批数据逾期未整改情况的通报",
        "issuer": OFFICE.name,
        "sign": "襄工改通",
        "to": "市工改办",
        "copies_to": ["襄阳市行政审批局"],
        "ground": "襄工改组办发〔2021〕14号第八条",
        "ground_text": "未按期整改推送或数据不完整的，由市工改办通报",
        "days": 5,
        "days_are_default": True,
        "sign_is_default": True,
        "bodies": [
            {"rank": 1, "body": "420602", "name": "襄城区", "cases": 2, "items": 9,
             "oldest": "2026-11-20", "days_over": 8, "change": 3},
            {"rank": 2, "body": "420606", "name": "樊城区", "cases": 1, "items": 1,
             "oldest": "2026-11-27", "days_over": 1, "change": None},
        ],
    }  # fmt: skip
    text = circular.render(
        {
            "content": {
                "period_to": "2026-11-28",
                "compared_with": "2026-11-27",
                "sections": [section],
            },
            "drafted_at": AT,
            "signed_by": None,
            "signed_at": None,
        }
    ).decode()
    assert_golden("notices/circular.html", text)


def test_what_a_body_reports_is_text_everywhere() -> None:
    """Markup, formulas and links in values appear as they are and do nothing."""
    evil = '<script>alert(1)</script>=HYPERLINK("http://x","y")'
    made = paper(item(1, [finding(value=evil, message='=cmd|"/c calc"!A1')]))
    text = document.render(made).decode()
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    book = openpyxl.load_workbook(BytesIO(workbook.render(made)))
    cells = [cell for row in book["问题清单"].iter_rows(min_row=2) for cell in row]
    assert evil in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert all(cell.hyperlink is None for cell in cells)


def test_the_workbook_has_one_row_per_finding_and_marks_the_bad_value() -> None:
    """All findings, a frozen head, filters, and colour where the value is wrong."""
    sheet = openpyxl.load_workbook(BytesIO(workbook.render(SMALL)))["问题清单"]
    assert sheet.max_row == 1 + len(SMALL.lines) == 5
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:R5"
    head = [cell.value for cell in sheet[1]]
    assert sheet.cell(2, head.index("上报值") + 1).fill.start_color.rgb == "FFFDEAEA"
    assert sheet.cell(3, head.index("上报值") + 1).value == "9"


def test_the_same_paper_gives_the_same_workbook() -> None:
    """Nothing of the clock or the machine gets into the file."""
    assert workbook.render(SMALL) == workbook.render(SMALL)


def test_ten_thousand_findings_do_not_explode_the_letter() -> None:
    """The letter lists some of every rule and says that the workbook has all."""
    many = [item(number, [finding(row=number)]) for number in range(1, 10_000)]
    made = paper(*many, item(10_000, [BAD_CODE]))
    text = document.render(made).decode()
    assert len(text) < 200_000
    assert "全部 10000 处见随文表格" in text
    assert len(re.findall(r'<td class="bad">', text)) == document.SHOWN
    assert "规则 COM-013/LXLX，1 处" in text


def test_every_rule_is_shown_even_when_there_are_more_rules_than_room() -> None:
    """With more rules than lines each rule still shows one example."""
    many = [item(n, [finding(f"R-{n}/X")]) for n in range(1, 400)]
    groups = document.grouped(paper(*many).lines, 200)
    assert {len(group.shown) for group in groups} == {1}
    assert len(groups) == 399


def test_a_value_of_ten_megabytes_is_shortened() -> None:
    """The notice shows the beginning and says how long the value is."""
    made = paper(item(1, [finding(value="长" * 10_000_000)]))
    assert len(document.render(made)) < 100_000
    assert "（共10000000字）" in document.render(made).decode()
    assert len(workbook.render(made)) < 100_000


def test_waived_findings_are_told_and_not_counted() -> None:
    """What is excused stands apart with signer and last day, and is nothing to mend."""
    told = {"consequence": "reject", "signer": "张主任", "until": "2026-12-31", "reason": "升级"}
    excused = replace(finding(), consequence="advice", waived=told)
    letter = document.render(paper(item(1, [BAD_CODE, excused]))).decode()
    assert "1 条记录存在 1 处问题" in letter
    assert "已豁免的问题，1 处，不须整改" in letter
    assert "豁免：张主任签批，至2026-12-31" in letter
