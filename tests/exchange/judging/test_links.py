"""Links in the store: looked at over real HTTP when allowed, noted as advice, seen to be mended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response

from connectors.allowed_links import AllowedLinks
from exchange.judging.links import LookedAt, look_at_links
from exchange.store.queries import load as load_sql
from exchange.waivers import register
from schemas import load as load_standard
from schemas.policy import load
from tests.connectors.web import serving
from tests.exchange.records import body
from tests.ledgers import Ledger
from validators.links import LINK_RULE

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


def waive(ledger: Ledger, *, days: int = 30, after: timedelta = timedelta(0)) -> int:
    """Excuses the body from the rule on links from today for so many days; the waiver's number."""
    now = NOON + after
    first = now.date()
    request = register.Request(
        "420602", LINK_RULE.code, "服务器迁移", "张主任", first, first + timedelta(days=days)
    )
    with ledger.store.transaction() as conn:
        return register.add(conn, request, rules={LINK_RULE.code}, who="lisi", now=now).number


def findings(ledger: Ledger) -> list[Any]:
    """All findings, the oldest first: who excused them, and their text."""
    rows = ledger.rows("select consequence, detail from finding order by id")
    assert {row["consequence"] for row in rows} <= {"advice"}
    return [(row["detail"]["waived"], row["detail"]["message"]) for row in rows]


def test_waived_link_says_who_excused_it(ledger: Ledger, server: str) -> None:
    """The finding is there and marked; it opens no case, and the next look adds no second one."""
    ledger.body("420602", "襄城区")
    row(ledger, f"{server}/guide/2", "SX2")
    waive(ledger)
    assert look(ledger, f"{server}/guide/").failing == 1
    look(ledger, f"{server}/guide/", days=8)
    ((waived, message),) = findings(ledger)
    assert (waived["signer"], waived["reason"]) == ("张主任", "服务器迁移")
    assert "404" in message
    assert message.endswith("【豁免：张主任签批，至2026-12-20】")
    assert ledger.rows("select from rectification_item") == []


def test_waiver_of_another_rule_or_body_excuses_nothing(ledger: Ledger, server: str) -> None:
    """Only the body's own waiver of this very rule marks the finding."""
    ledger.body("420602", "襄城区")
    ledger.body("420606", "樊城区")
    row(ledger, f"{server}/guide/2", "SX2")
    day = NOON.date()
    with ledger.store.transaction() as conn:
        for code, rule in (("420602", "COM-001/x"), ("420606", LINK_RULE.code)):
            request = register.Request(code, rule, "迁移", "张主任", day, day)
            register.add(conn, request, rules={rule}, who="lisi", now=NOON)
    look(ledger, f"{server}/guide/")
    ((waived, _),) = findings(ledger)
    assert waived is None


def test_link_waived_later_is_looked_at_at_once(ledger: Ledger, server: str) -> None:
    """A waiver makes the addresses that do not open due in the next round, and no others."""
    ledger.body("420602", "襄城区")
    row(ledger, f"{server}/guide/1", "SX1")
    row(ledger, f"{server}/guide/2", "SX2")
    look(ledger, f"{server}/guide/")
    waive(ledger, after=timedelta(hours=1))
    assert look(ledger, f"{server}/guide/", days=1) == LookedAt(rows=1, addresses=1, failing=1)
    assert [bool(waived) for waived, _ in findings(ledger)] == [False, True]
    assert look(ledger, f"{server}/guide/", days=1) == LookedAt()


def test_revoked_waiver_lets_the_finding_stand_again(ledger: Ledger, server: str) -> None:
    """The next round after the revocation looks again and finds without a mark."""
    ledger.body("420602", "襄城区")
    row(ledger, f"{server}/guide/2", "SX2")
    number = waive(ledger)
    look(ledger, f"{server}/guide/")
    with ledger.store.transaction() as conn:
        register.revoke(conn, number, who="lisi", now=NOON + timedelta(hours=1))
    assert look(ledger, f"{server}/guide/", days=1).failing == 1
    assert [bool(waived) for waived, _ in findings(ledger)] == [True, False]


def test_link_is_looked_at_on_the_day_after_its_waiver(ledger: Ledger, server: str) -> None:
    """A waiver that is over stops by itself, by the day where the office is, within the week."""
    ledger.body("420602", "襄城区")
    row(ledger, f"{server}/guide/2", "SX2")
    waive(ledger, days=2)
    look(ledger, f"{server}/guide/")
    assert look(ledger, f"{server}/guide/", days=2) == LookedAt()
    assert look(ledger, f"{server}/guide/", days=3).failing == 1
    assert [bool(waived) for waived, _ in findings(ledger)] == [True, False]


def test_list_names_rows_in_effect_only(ledger: Ledger, server: str) -> None:
    """A row that a newer version replaced is nobody's to mend any more."""
    ledger.body("420602", "襄城区")
    row(ledger, f"{server}/guide/2", "SX2")
    look(ledger, f"{server}/guide/")

    def listed() -> list[str]:
        with ledger.store.transaction() as conn:
            rows = conn.execute(load_sql("links")["failing_links"], {"limit": 9}).fetchall()
        return [row["field"] for row in rows]

    assert listed() == [PAGE]
    (version,) = ledger.rows("select id from version")
    ledger.move(version["id"], "superseded", at=NOON)
    assert listed() == []


def test_mended_link_needs_no_waiver(ledger: Ledger, server: str, there: set[str]) -> None:
    """An address that opens while its waiver holds is no finding any more."""
    ledger.body("420602", "襄城区")
    row(ledger, f"{server}/guide/2", "SX2")
    waive(ledger)
    look(ledger, f"{server}/guide/")
    there.add("/guide/2")
    assert look(ledger, f"{server}/guide/", days=8).failing == 0
    assert len(findings(ledger)) == 1
