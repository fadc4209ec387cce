"""The data dictionary: whole, self-contained, with addresses that lead somewhere."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from schemas import load, versions
from schemas.dictionary import main, page


class Anchors(HTMLParser):
    """Collects ids, links inside the page, tags, and addresses of anything outside."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: set[str] = set()
        self.outside: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes id, link and tag."""
        given = dict(attrs)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        address = given.get("href") or given.get("src")
        if address is not None:
            if address.startswith("#"):
                self.links.add(address[1:])
            else:
                self.outside.append(address)
        if tag not in {"meta", "input", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """The innermost open element is the one that closes."""
        assert self.open.pop() == tag


@cache
def parsed() -> Anchors:
    """The page of the national text, read once."""
    anchors = Anchors()
    anchors.feed(page())
    return anchors


def test_every_table_field_and_code_list_has_one_address() -> None:
    """Ids are unique; each thing of the standard can be linked to."""
    ids = set(parsed().ids)
    assert len(ids) == len(parsed().ids)
    for version in versions():
        standard = load(version)
        for table in standard.tables.values():
            assert f"t-{version}-{table.code}" in ids
            assert {f"{version}-{table.code}-{code}" for code in table.columns} <= ids
        assert {f"c-{version}-{code}" for code in standard.codelists} <= ids


def test_every_link_leads_somewhere_and_nothing_is_fetched() -> None:
    """Links stay in the page, elements are closed, no address of another server is in it."""
    assert parsed().links <= set(parsed().ids)
    assert parsed().outside == []
    assert parsed().open == []
    assert not re.search(r"https?://|@import|url\(", page())


def test_the_page_says_what_is_not_known() -> None:
    """Open lengths, incomplete lists and guessed demands are marked, overlays are named."""
    assert "长度未公开" in page()
    assert "公开资料不完整" in page()
    assert "必填（推定）" in page()
    assert "已叠加：420000、420600。" in page(("420000", "420600"))
    assert page() == page()


def test_the_command_writes_a_file_or_says_why_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """0 with the path of what was written, 2 with the reason."""
    assert main([str(tmp_path)]) == 0
    assert (tmp_path / "dictionary.html").read_text("utf-8") == page()
    assert main([str(tmp_path / "none" / "x.html")]) == 2
    assert main([str(tmp_path), "--overlay", "999999"]) == 2
    assert "no overlay '999999'" in capsys.readouterr().err


@pytest.mark.browser
def test_the_filter_works_in_a_browser_under_the_page_own_policy(tmp_path: Path) -> None:
    """Typing a field name leaves the tables that have it; nothing is refused or fetched."""
    from playwright.sync_api import sync_playwright

    main([str(tmp_path)])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        opened = browser.new_page()
        complaints: list[str] = []
        opened.on("console", lambda message: complaints.append(message.text))
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.goto((tmp_path / "dictionary.html").as_uri())
        everything = opened.locator("section[data-find]:visible").count()
        opened.get_by_label("查找数据表、字段、代码").fill("特别程序开始时间")
        kept = opened.locator("section[data-find]:visible")
        assert everything > 100
        assert 0 < kept.count() < 6
        assert "找到" in opened.locator("#found").inner_text()
        assert opened.locator("tr[data-find]:visible").count() == kept.count()
        assert complaints == []
        browser.close()
