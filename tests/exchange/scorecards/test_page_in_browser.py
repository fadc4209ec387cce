"""The page as a browser sees it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, sync_playwright

from exchange.scorecards import write_scorecard
from schemas.policy import load
from tests.ledgers import Ledger

pytestmark = [pytest.mark.database, pytest.mark.browser]
DAY = date(2026, 11, 20)
AFTER = datetime(2026, 11, 21, 1, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)


@pytest.fixture
def page() -> Iterator[Page]:
    """A browser of its own that may ask for nothing but files; what it complains of is kept."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 1400, "height": 900})
        browser.close()


def test_the_page_stands_alone_draws_and_opens_its_rows(
    told: Ledger, tmp_path: Path, page: Page
) -> None:
    """No complaint, no request outside, charts with ink, and a number that opens its rows."""
    with told.store.transaction() as conn:
        html, _ = write_scorecard(conn, DAY, load("420600", DAY), tmp_path, now=AFTER)
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))

    page.goto(html.as_uri())

    assert requests == [html.as_uri()]
    for chart in ("chart-total", "chart-timing"):
        ink = page.evaluate(
            "(id) => { const c = document.querySelector('#' + id + ' canvas');"
            " const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
            " let n = 0; for (let i = 3; i < d.length; i += 4) n += d[i] > 0; return n; }",
            chart,
        )
        assert ink > 1000
    rows = page.locator("#completeness-420602 tbody tr")
    assert not rows.first.is_visible()
    page.click("#ranking a[href='#completeness-420602']")
    assert rows.first.is_visible()
    assert "bad0" in rows.first.inner_text()
    page.click("#ranking a[href='#late-420602']")
    assert page.locator("#late-420602 tbody tr").count() == 2
    page.hover("#chart-timing canvas")
    page.wait_for_timeout(200)
    assert complaints == []
