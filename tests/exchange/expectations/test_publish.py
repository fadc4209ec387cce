"""The store as a whole: what is unusual is named, in Chinese, on a page that opens offline."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from exchange.expectations.catalogue import catalogue
from exchange.expectations.measure import Day, measure
from exchange.expectations.publish import publish
from schemas import load, versions
from tests.ledgers import Ledger

pytestmark = pytest.mark.database
ZONE = ZoneInfo("Asia/Shanghai")
DAY = Day(date(2026, 11, 20), ZONE, datetime(2026, 11, 21, 2, 15, tzinfo=ZONE))


@pytest.fixture
def busy(ledger: Ledger) -> Ledger:
    """Two bodies: one with two records a day and twelve today, one that went quiet."""
    at = datetime(2026, 11, 20, 9, 0, tzinfo=ZONE)
    ledger.body("420602", "襄城区")
    ledger.body("420606", "樊城区")
    with ledger.owner.transaction() as conn:
        conn.execute(
            "insert into feed (body, standard, table_code, pulled_at) values"
            " ('420602', '3.0', 'SPGL_XMJBXXB', %s), ('420606', '3.0', 'SPGL_XMJBXXB', %s)",
            (at, at - timedelta(days=2)),
        )
    for back in range(6):
        for number in range(12 if back == 0 else 2):
            key = ["420602", f"{back}-{number}"]
            ledger.version("420602", key, at=at - timedelta(days=back))
    return ledger


def test_rows_are_measured_per_body_and_day(busy: Ledger) -> None:
    """Twelve against two a day is seven times what is usual; two days without a pull are 38 h."""
    with busy.store.transaction() as conn:
        found = measure(conn, catalogue(), DAY)
    (volume,) = found["volumes"]
    assert (volume["versions"], volume["mean"]) == (12, 2)
    assert volume["deviation"] == pytest.approx(7.07, abs=0.01)
    assert [round(row["hours"]) for row in found["freshness"]] == [15, 63]
    assert found["uniqueness"] == found["coverage"] == found["drift"] == []


@pytest.mark.filterwarnings("ignore")
def test_what_is_unusual_is_on_the_page(busy: Ledger, tmp_path: Path) -> None:
    """The page names body and figures, in Chinese, and reaches for nothing outside itself."""
    done = publish(busy.store, DAY, tmp_path)
    assert done.broken == (
        "数据量：当日数据量与历史日均相差不超过 4 倍标准差",
        "新鲜度：每个单位的每张表在 24 小时内成功读取过",
    )
    page, data = done.files
    assert page == tmp_path / "2026-11-20" / "index.html"
    text = page.read_text("utf-8")
    assert "2 项不符合" in text
    assert "樊城区" in text
    assert re.findall(r'(?:src|href)="(?!#)', text) == []
    assert "//" not in text
    told = json.loads(data.read_bytes())
    assert not told["met"]
    (volumes, *_) = told["datasets"]
    assert volumes["expectations"][0]["unexpected"][0]["versions"] == 12


def test_the_catalogue_names_what_there_is() -> None:
    """Tables and fields that are watched are of the standard."""
    tables = [load(name).tables for name in versions()]
    expected = catalogue()
    for parent, child, field in expected.pairs:
        assert any(
            parent in one and child in one
            and field in one[parent].by_code and field in one[child].by_code
            for one in tables
        )  # fmt: skip
    for table, field in expected.watched:
        assert any(table in one and field in one[table].by_code for one in tables)
