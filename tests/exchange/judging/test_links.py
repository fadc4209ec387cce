"""Links in the store: looked at over real HTTP when allowed, noted as advice, seen to be mended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response

from connectors.allowed_links import AllowedLinks
from exchange.judging.links import LookedAt, look_at_links
from schemas import load as load_standard
from schemas.policy import load
from tests.connectors.web import serving
from tests.exchange.records import body
from tests.ledgers import Ledger

pytestmark = pytest.mark.database
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
POLICY = load("420600", NOON.date())
STANDARDS = {"3.0": load_standard("3.0")}
PAGE, ITEM = "SXBSZNDZ", "SPGL_SPSXJBXXB"


@pytest.fixture
def there() -> set[str]:
    """The pages that the body's system has."""
    return {"/guide/1"}


@pytest.fixture
def server(there: set[str]) -> Iterator[str]:
    """A body's system with pages that come and go."""
    app = FastAPI()

    @app.get("/guide/{number}")
    def guide(number: str) -> Response:
        if f"/guide/{number}" in there:
            return HTMLResponse("<title>办事指南</title>")
        return Response(status_code=404)

    with serving(app) as address:
        yield address


def row(ledger: Ledger, url: str | None, key: str) -> None:
    """A confirmed item row that names this guide."""
    version = ledger.version("420602", ["420602", key, "1"], table=ITEM, at=NOON)
    ledger.judge("420602", [(version, "queued", [])], at=NOON, table=ITEM)
    with ledger.owner.transaction() as conn:
        conn.execute(
            "update version set raw = json_build_object('SPSXBM', %s::text, 'SXBSZNDZ', %s::text)"
            " where id = %s",
            (key, url, version),
        )


def look(ledger: Ledger, *allow: str, days: int = 0) -> LookedAt:
    """One round, so many days after noon."""
    one = replace(body(), links=AllowedLinks(allow))
    now = NOON + timedelta(days=days)
    return look_at_links(ledger.store, one, STANDARDS, POLICY, now=now)


def test_off_unless_the_body_allows_addresses(ledger: Ledger, server: str) -> None:
    """Without an allow-list nothing is looked at and nothing noted."""
    ledger.body("420602", "襄城区")
    row(ledger, f"{server}/guide/2", "SX2")
    assert look(ledger) == LookedAt()
    assert ledger.rows("select from link_probe") == []


def test_broken_link_is_advice_on_its_record(ledger: Ledger, server: str) -> None:
    """Of two guides one cannot be opened: that record gets advice, nothing is returned."""
    ledger.body("420602", "襄城区")
    row(ledger, f"{server}/guide/1", "SX1")
    row(ledger, f"{server}/guide/2", "SX2")
    row(ledger, None, "SX3")
    assert look(ledger, f"{server}/guide/") == LookedAt(rows=3, addresses=2, failing=1)
    (found,) = ledger.rows("select consequence, clause, detail from finding")
    assert (found["consequence"], found["clause"]) == ("advice", "PRC-026")
    assert "404" in found["detail"]["message"]
    assert found["detail"]["fields"] == [PAGE]
    assert ledger.rows("select from rectification") == []
    assert look(ledger, f"{server}/guide/") == LookedAt()  # not again for a week


def test_mended_link_is_seen(ledger: Ledger, server: str, there: set[str]) -> None:
    """The same failure opens no second finding; when the page is there it no longer fails."""
    ledger.body("420602", "襄城区")
    row(ledger, f"{server}/guide/2", "SX2")
    for days in (0, 4, 8):
        look(ledger, f"{server}/guide/", days=days)
    assert len(ledger.rows("select from finding")) == 1
    there.add("/guide/2")
    assert look(ledger, f"{server}/guide/", days=16) == LookedAt(rows=1, addresses=1, failing=0)
    outcomes = [row["outcome"] for row in ledger.rows("select outcome from link_probe order by id")]
    assert outcomes == ["status", "status", "ok"]


def test_address_outside_the_list_is_not_blamed(ledger: Ledger, server: str) -> None:
    """An address that may not be contacted is noted as such and is no finding."""
    ledger.body("420602", "襄城区")
    row(ledger, "http://127.0.0.1:9/guide/1", "SX1")
    assert look(ledger, f"{server}/guide/").failing == 0
    (noted,) = ledger.rows("select outcome from link_probe")
    assert noted["outcome"] == "not_allowed"
