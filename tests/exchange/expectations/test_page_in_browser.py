"""The page of expectations in a real browser: offline, whole, readable."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from exchange.expectations import page
from exchange.expectations.catalogue import catalogue
from exchange.expectations.verify import Outcome, Verified

pytestmark = pytest.mark.browser
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)


def verified() -> list[Verified]:
    """Every dataset of the catalogue, the first with a row that is not as expected."""
    found = []
    for at, dataset in enumerate(catalogue().datasets):
        row = dict.fromkeys((*dataset.key, *dataset.columns), "<b>樊城区</b>")
        outcomes = tuple(
            Outcome(one, bool(at), 1, () if at else (row,), None) for one in dataset.expectations
        )
        found.append(Verified(dataset, 1, outcomes))
    return found


def test_it_opens_from_a_folder_without_asking_for_anything(tmp_path: Path) -> None:
    """No request leaves the page, nothing is scripted in, each link leads to its section."""
    file = tmp_path / "index.html"
    moment = datetime(2026, 11, 21, tzinfo=UTC)
    file.write_text(page.render(verified(), date(2026, 11, 20), moment), "utf-8")
    asked: list[str] = []
    problems: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1000, "height": 800})
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("console", lambda message: problems.append(message.text))
        tab.goto(file.as_uri())
        assert tab.locator("section").count() == len(catalogue().datasets)
        assert tab.locator("td >> text=<b>樊城区</b>").count() > 0
        tab.locator("nav a").last.click()
        assert tab.url.endswith(f"#{catalogue().datasets[-1].name}")
        tab.screenshot(path=tmp_path / "page.png", full_page=True)
        browser.close()
    assert asked == [file.as_uri()]
    assert problems == []
