"""The endpoint and the page: what a probe reads, and what a person sees in a browser."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from playwright.sync_api import sync_playwright

from exchange.delivery.lanes import Lane
from exchange.ledger.clocks import BodyClock
from exchange.promise.app import status_app
from exchange.promise.page import span
from exchange.rounds.promise import Promise
from exchange.store.connection import StoreUnreachableError
from exchange.store.disk import Room
from tests.connectors.web import serving

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
HOPS = {"pull": (2.0, 5.0), "judge": (0.5, 1.0), "send": (1.0, 3.0), "confirm": (4.0, 9.0)}
GOOD = BodyClock("420602", "襄城区", "event", 300, 12, 12, hops=HOPS, p50=7.5, p95=9, p99=12)
SLOW = BodyClock(
    "411325", "内乡县<b>", "push_period", 1800, 3, 2, 1, hops=HOPS, open=4, overdue=1,
    oldest_s=2400, oldest_hop="confirm", p50=700, p95=1900, p99=1900, offset_s=-75, skewed=2,
    ahead_s=595.0,
)  # fmt: skip
LANE = Lane("420000/3.0", 3, 1200, 40, 8.0, 150.0, None, None, NOW)
ALARM = {
    "id": 1, "kind": "oldest-record", "subject": "411325", "name": "内乡县 超过时限仍未入库",
    "text": "1 条超过 1800 秒", "command": "./run exchange ledger slow --body 411325",
    "seconds": 2400.0, "raised_at": NOW, "seen_at": NOW, "cleared_at": None,
}  # fmt: skip


def promise(*bodies: BodyClock) -> Promise:
    """A look that found these bodies."""
    return Promise(NOW, list(bodies), [LANE], [ALARM], [], [], Room(9000, 1024))


def ask(url: str, **how: Any) -> requests.Response:
    """What the endpoint answers."""
    return requests.get(url, timeout=10, **how)


def test_probe_needs_to_read_nothing() -> None:
    """200 while the promise is kept, 503 with the slow ones named when it is not."""
    with serving(status_app(lambda: promise(GOOD))) as url:
        assert ask(f"{url}/healthz").status_code == 200
        assert ask(f"{url}/promise.json").status_code == 200
    with serving(status_app(lambda: promise(GOOD, SLOW))) as url:
        broken = ask(f"{url}/promise.json")
    assert broken.status_code == 503
    assert broken.json()["slow"] == [
        {"body": "411325", "name": "内乡县<b>", "hop": "confirm", "overdue": 1}
    ]
    assert broken.json()["upstreams"][0]["eta_s"] == 150


def test_store_away_is_said_without_a_trace() -> None:
    """The endpoint stays up and answers 503 in words."""

    def away() -> Promise:
        raise StoreUnreachableError

    with serving(status_app(away)) as url:
        assert ask(f"{url}/promise.json").status_code == 503
        assert "暂时连不上" in ask(f"{url}/promise").text


def test_spans_are_told_in_the_unit_that_fits() -> None:
    """A business date of last year is no number of seconds."""
    spans = [span(seconds) for seconds in (-598.9, 59.0, 4000.0, 42720214.0, None)]
    assert spans == ["-10.0 分钟", "59.0 秒", "1.1 小时", "494.4 天", "–"]


def test_token_is_asked_for_when_there_is_one() -> None:
    """Health is open; the rest wants the token, from a program or from a browser."""
    known = {"Authorization": "Bearer geheim"}
    with serving(status_app(lambda: promise(GOOD), token="geheim")) as url:
        assert ask(f"{url}/healthz").status_code == 200
        assert ask(f"{url}/promise").status_code == 401
        assert ask(f"{url}/promise", auth=("anyone", "geheim")).status_code == 200
        assert ask(f"{url}/promise.json", headers=known).status_code == 200
        wrong = {"Authorization": "Bearer x"}
        assert ask(f"{url}/promise.json", headers=wrong).status_code == 401


@pytest.mark.browser
def test_page_names_who_is_slow_and_asks_for_nothing_outside() -> None:
    """In a browser: the verdict, the command of the alarm, the chart, no complaint, one request."""
    complaints: list[str] = []
    asked: list[str] = []
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    with serving(status_app(lambda: promise(GOOD, SLOW))) as url, sync_playwright() as play:
        assert requests.get(f"{url}/healthz", timeout=5).ok
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{url}/promise")
        verdict = page.locator("[role=status]").inner_text()
        table = page.locator("main").inner_text()
        ink = page.evaluate(
            "() => { const c = document.querySelector('#hops canvas');"
            " const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
            " let n = 0; for (let i = 3; i < d.length; i += 4) n += d[i] > 0; return n; }"
        )
        browser.close()
    assert "内乡县<b>（上级平台）" in verdict
    assert "./run exchange ledger slow" in table
    assert "每 30 分钟为一个推送周期" in table
    assert "至少快 9.9 分钟" in table
    assert ink > 1000
    assert [one for one in asked if not one.endswith("favicon.ico")] == [f"{url}/promise"]
    assert [one for one in complaints if "favicon" not in one and "404" not in one] == []


def headline(*bodies: BodyClock) -> str:
    """What stands first on the page."""
    with serving(status_app(lambda: promise(*bodies))) as url:
        text = ask(f"{url}/promise").text
    return re.sub("<[^>]+>", "", text.partition('role="status">')[2].partition("</p>")[0])


def test_body_that_cannot_be_read_is_no_kept_promise_in_silence() -> None:
    """Within its time limit the promise holds, but the headline and the endpoint name the body."""
    blind = replace(
        GOOD, body="420606", name="樊城区", tables=9, failing=9, failing_s=102.0, last_error="x"
    )
    assert headline(GOOD) == "兑现：现有记录都在时限之内"
    assert headline(GOOD, blind) == ("兑现：现有记录都在时限之内；暂不能读取：樊城区（1.7 分钟）")
    late = replace(blind, failing_s=301.0)
    assert headline(late) == "未兑现：樊城区（报送单位与网络）"
    with serving(status_app(lambda: promise(GOOD, blind))) as url:
        answer, page = ask(f"{url}/promise.json"), ask(f"{url}/promise").text
    assert "<td>全部 9 张表读取失败 1.7 分钟</td>" in page
    assert answer.status_code == 200
    assert answer.json()["unreadable"] == [{"body": "420606", "name": "樊城区", "seconds": 102.0}]


def test_headline_names_five_of_many() -> None:
    """With a hundred slow bodies the headline stays one line; the table has them all."""
    slow = [replace(GOOD, name=f"单位{n}", overdue=1, oldest_hop="pull") for n in range(9)]
    assert headline(*slow).endswith("单位4（报送单位与网络）等 9 个单位")
