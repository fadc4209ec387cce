from __future__ import annotations

import hashlib
import re
import stat
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from exchange.scorecards import page, workbook, write_scorecard
from schemas.policy import load
from tests.ledgers import Ledger, finding

DAY = date(2026, 11, 20)
AFTER = datetime(2026, 11, 21, 1, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


def written(ledger: Ledger, folder: Path) -> tuple[Path, Path]:
    """The page and the workbook of the day."""
    with ledger.store.transaction() as conn:
        html, book = write_scorecard(conn, DAY, load("420600", DAY), folder, now=AFTER)
    return html, book


@pytest.mark.database
def test_every_link_of_the_page_has_its_place(told: Ledger, tmp_path: Path) -> None:
    """Whatever number one follows, its rows are in the same file."""
    html, _ = written(told, tmp_path)
    assert html == tmp_path / "2026-11-20" / "2026-11-20.html"
    text = html.read_text("utf-8")
    body = text[: text.index("<script")]
    links = set(re.findall(r'href="#([^"]+)"', body))
    places = re.findall(r'id="([^"]+)"', body)
    assert links <= set(places)
    assert len(places) == len(set(places))
    assert "默认权重" in body
    assert "未测" in body
    assert re.findall(r'(?:src|href)="(?!#)', body) == []


@pytest.mark.database
def test_waived_findings_are_on_the_page(ledger: Ledger, tmp_path: Path) -> None:
    """What was excused costs no points and stands on the page with signer and last day."""
    body = ledger.body("420602", "襄城区")
    at = datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    version = ledger.version(body, [body, "2026-420602-47-01-000001"], at=at)
    told = {"signer": "张主任", "until": "2026-12-31", "reason": "系统升级"}
    excused = replace(finding(row=version), consequence="advice", waived=told)
    ledger.judge(body, [(version, "queued", [excused])], at=at)
    html, _ = written(ledger, tmp_path)
    text = html.read_text("utf-8")
    assert "豁免：1 处问题按豁免计，不扣分" in text
    assert "<td>张主任</td><td>2026-12-31</td><td>系统升级</td>" in text


@pytest.mark.database
def test_personal_keys_are_masked_on_the_page(ledger: Ledger, tmp_path: Path) -> None:
    """A table with a person's document number in its key does not show that number."""
    body = ledger.body("420602", "襄城区")
    at = datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    person = "420602199001011234"
    key = [body, "2026-420602-47-01-000001", "ST1", person, "1"]
    version = ledger.version(body, key, at=at, table="SPGL_KCSJRYXXB")
    one = finding(row=version, table="SPGL_KCSJRYXXB", key={"RYZJHM": person})
    ledger.judge(body, [(version, "returned", [one])], at=at, table="SPGL_KCSJRYXXB")
    html, book = written(ledger, tmp_path)
    assert person not in html.read_text("utf-8")
    cells = [
        str(cell.value)
        for sheet in openpyxl.load_workbook(book)
        for row in sheet.iter_rows()
        for cell in row
    ]
    assert not any(person in cell for cell in cells)
    assert any("4206************34" in cell for cell in cells)


@pytest.mark.database
def test_the_numbers_of_the_workbook_lead_to_their_rows(told: Ledger, tmp_path: Path) -> None:
    """A number in the ranking is a link to the first of its rows in its list."""
    _, path = written(told, tmp_path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["排名", "计算办法", "校验记录", "问题", "超时", "整改单"]
    head = [cell.value for cell in book["排名"][1]]
    row = next(row for row in book["排名"].iter_rows(min_row=2) if row[1].value == "襄城区")
    completeness = row[head.index("完整性")]
    assert completeness.value == pytest.approx(10 / 11)
    sheet, _, cell = completeness.hyperlink.location.partition("!")
    target = book[sheet.strip("'")]
    line = [found.value for found in target[int(cell[1:])]]
    assert line[:2] == ["襄城区", "完整性"]
    assert row[head.index("可访问性")].value == "未测"
    assert row[head.index("P99（秒）")].value == "未入库"
    assert book["超时"].max_row == 1 + 2


@pytest.mark.database
def test_writing_the_same_day_again_replaces_whole_files(told: Ledger, tmp_path: Path) -> None:
    """The second writing gives the same page, and nobody else may read it."""
    first, _ = written(told, tmp_path)
    before = hashlib.sha256(first.read_bytes()).hexdigest()
    second, _ = written(told, tmp_path)
    assert hashlib.sha256(second.read_bytes()).hexdigest() == before
    assert stat.S_IMODE(second.stat().st_mode) == 0o600


@pytest.mark.parametrize(("bodies", "cap"), [(1, 50), (15, 50), (100, 7), (3000, 5)])
def test_lists_get_shorter_the_more_bodies_there_are(bodies: int, cap: int) -> None:
    """The page of a province stays readable."""
    assert page.cap_for(bodies) == cap


def test_the_sheets_of_a_province_fit_into_a_file() -> None:
    """Faulty rows have more room than passed ones, and no body is left without any."""
    assert workbook.caps_for(15) == (4000, 26_666)
    assert workbook.caps_for(3000) == (500, 500)


def test_the_library_is_the_one_that_was_vendored() -> None:
    """The file has the hash that stands in the list of assets."""
    assets = page.HERE / "assets"
    digest = hashlib.sha256((assets / "echarts.common.min.js").read_bytes()).hexdigest()
    assert digest in (assets / "README.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("share", "text"), [(1.0, "100.0%"), (0.9999, "99.9%"), (0.5, "50.0%"), (None, "–")]
)
def test_a_share_is_never_rounded_up_to_all(share: float | None, text: str) -> None:
    """One failing record of ten thousand is not 100 %."""
    assert page.percent(share) == text
