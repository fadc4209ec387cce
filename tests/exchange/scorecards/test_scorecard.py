from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pytest

from exchange.scorecards.rows import by_body
from exchange.scorecards.scorecard import Scorecard, score
from schemas.policy import DIMENSIONS, Policy, load
from tests.ledgers import Ledger, finding

pytestmark = pytest.mark.database
ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 20)
AFTER = datetime(2026, 11, 21, 1, 30, tzinfo=ZONE)
POLICY = load("420600", DAY)
WAIVED = {"signer": "张主任", "until": "2026-12-31", "reason": "服务器迁移"}


def card_of(
    ledger: Ledger, day: date = DAY, now: datetime = AFTER, policy: Policy = POLICY
) -> Scorecard:
    """The scorecard as the program computes it."""
    with ledger.store.transaction() as conn:
        return score(conn, day, policy, now=now)


def test_the_numbers_of_a_day(told: Ledger) -> None:
    """Shares per property, timeliness and total are what one computes by hand."""
    best, second, last = card_of(told).standings

    assert [one.measures.name for one in (best, second, last)] == ["樊城区", "襄城区", "保康县"]
    assert (best.total, best.grade, best.rank) == (100.0, "优秀", 1)
    m = second.measures
    assert (m.judged, m.returned) == (11, 2)
    assert dict(m.failing) == {"completeness": 1, "normativity": 1, "accuracy": 1}
    assert m.share("completeness") == pytest.approx(10 / 11)
    assert m.share("consistency") == 1
    assert m.share("accessibility") is None
    assert (m.timing.on_time, m.timing.late, m.timing.stock) == (6, 2, 1)
    assert m.timing.share == 6 / 8
    assert m.timing.p50 == 60
    assert m.timing.p99 == math.inf
    assert m.share("timeliness") == (1 + 6 / 8) / 2
    expected = 100 * (3 * 20 * 10 / 11 + 15 * 1 + 20 * 0.875) / 95
    assert second.total == pytest.approx(expected, abs=0.005)
    assert (last.total, last.grade, last.rank) == (None, None, None)


def test_accessibility_is_what_opened_that_day(told: Ledger) -> None:
    """Two records looked at, one stays shut at the day's last look: rules and links weigh alike.

    A look of the next day, one that nobody was asked by, and a body without looks change nothing.
    """
    ours = "select id from version where record_key like '%%Q%%' order by id limit 2"
    first, second = (row["id"] for row in told.rows(ours))
    noon = datetime(2026, 11, 20, 12, 0, tzinfo=ZONE)
    told.look(first, at=noon, outcome="gone")
    told.look(first, at=noon + timedelta(hours=1), outcome="ok")
    told.look(second, at=noon, outcome="gone")
    told.look(second, at=noon + timedelta(hours=1), outcome="not_allowed", failing=False)
    told.look(second, at=noon + timedelta(days=1), outcome="ok")
    with told.store.transaction() as conn:
        card = score(conn, DAY, POLICY, now=AFTER)
        listed = by_body(conn, card.span, 5)
    best, second_body, last = (one.measures for one in card.standings)
    assert (second_body.links.looked, second_body.links.failing) == (2, 1)
    assert second_body.share("accessibility") == (1 + 1 / 2) / 2
    assert (best.share("accessibility"), last.share("accessibility")) == (None, None)
    (row,) = listed["420602"].failing["accessibility"]
    assert row.rule == "PRC-026/link_cannot_be_opened"
    expected = 100 * (3 * 20 * 10 / 11 + 15 * 1 + 20 * 0.875 + 5 * 0.75) / 100
    assert card.standings[1].total == pytest.approx(expected, abs=0.005)


def test_waived_link_is_listed_and_costs_nothing(told: Ledger) -> None:
    """A record whose address may stay shut counts as opened; the waiver is named with its count."""
    ours = "select id from version where record_key like '%%Q%%' order by id limit 2"
    first, second = (row["id"] for row in told.rows(ours))
    noon = datetime(2026, 11, 20, 12, 0, tzinfo=ZONE)
    told.look(first, at=noon, outcome="status", waived=WAIVED)
    told.look(second, at=noon, outcome="status", waived=WAIVED)
    told.look(second, at=noon + timedelta(hours=1), outcome="ok")
    with told.store.transaction() as conn:
        card = score(conn, DAY, POLICY, now=AFTER)
        listed = by_body(conn, card.span, 5)
    measures = card.standings[1].measures
    assert (measures.links.looked, measures.links.failing) == (2, 0)
    assert measures.share("accessibility") == 1
    assert "accessibility" not in listed["420602"].failing
    (told_of,) = card.waived
    assert (told_of["rule"], told_of["findings"]) == ("PRC-026/link_cannot_be_opened", 1)
    assert (told_of["signer"], told_of["until"]) == ("张主任", "2026-12-31")


def test_waived_finding_on_a_dossier_is_listed_while_it_stands(told: Ledger) -> None:
    """Findings on whole dossiers belong to no judgement of rows; excused ones are told, too."""
    (row,) = told.rows("select id from version where record_key like '%%Q0%%'")
    noon = datetime(2026, 11, 20, 12, 0, tzinfo=ZONE)
    with told.owner.transaction() as conn:
        conn.execute(
            "with d as (insert into dossier (standard, kind, key, reviewed_at)"
            " values ('3.0', 'case', 'x', %(at)s) returning id),"
            " f as (insert into finding (version_id, judgement_id, at, rule, rule_version,"
            " consequence, dimension, clause, detail) values (%(row)s, null, %(at)s, 'INS-013/x',"
            " 1, 'advice', 'completeness', 'INS-013', %(detail)s) returning id)"
            " insert into dossier_finding (finding_id, dossier_id, version_id, rule, consequence,"
            " opened_at, closed_at, closed_why) select f.id, d.id, %(row)s, 'INS-013/x', 'advice',"
            " %(at)s, %(closed)s, '' from d, f",
            {
                "row": row["id"], "at": noon, "closed": noon + timedelta(days=1),
                "detail": json.dumps({"waived": WAIVED}),
            },
        )  # fmt: skip
    assert [(one["rule"], one["findings"]) for one in card_of(told).waived] == [("INS-013/x", 1)]
    with told.owner.transaction() as conn:
        conn.execute("update dossier_finding set closed_at = %s", (noon,))
    assert card_of(told).waived == []


def test_a_past_day_gives_the_same_numbers_again(told: Ledger) -> None:
    """What happens later (new pushes, verdicts, replaced versions) does not change the day."""
    before = card_of(told)
    later = datetime(2026, 11, 21, 10, 0, tzinfo=ZONE)
    again = told.version("420602", ["420602", "bad0"], at=later, revision=2)
    told.judge("420602", [(again, "queued", [])], at=later)
    (bad,) = told.rows("select id from version where record_key like '%%bad0%%' and revision = 1")
    told.move(bad["id"], "superseded", at=later)
    (lost,) = told.rows("select id from version where record_key like '%%lost%%'")
    told.move(lost["id"], "superseded", at=later)

    after = card_of(told, now=AFTER + timedelta(days=10))

    assert after.standings == before.standings
    assert after.complete


def test_the_day_ends_at_midnight_of_the_office(told: Ledger) -> None:
    """A verdict at 23:00 in Shanghai is of that day, whatever the day is in UTC."""
    assert [one.measures.judged for one in card_of(told).standings] == [4, 11, 0]
    next_day = card_of(told, DAY + timedelta(days=1), AFTER)
    assert {one.measures.judged for one in next_day.standings} == {0}


def test_a_version_that_still_has_time_is_not_late_yet(told: Ledger) -> None:
    """While the limit runs a version is pending; a card made then says that it is not final."""
    event = datetime(2026, 11, 20, 9, 0, tzinfo=ZONE)
    early = card_of(told, now=event + timedelta(seconds=200))
    timing = next(one.measures.timing for one in early.standings if one.measures.body == "420602")
    assert (timing.pending, timing.late) == (1, 1)
    assert not early.complete


def test_held_versions_count_on_the_day_their_verdict_falls(ledger: Ledger) -> None:
    """A child that waits for its parent is no fault of the body on that day."""
    body = ledger.body("420602", "襄城区")
    at = datetime(2026, 11, 20, 9, 0, tzinfo=ZONE)
    version = ledger.version(body, [body, "child"], at=at)
    ledger.judge(body, [(version, "held", [])], at=at)
    (standing,) = card_of(ledger).standings
    assert standing.measures.judged == 0
    ledger.judge(body, [(version, "queued", [])], at=at + timedelta(days=1))
    (standing,) = card_of(ledger, DAY + timedelta(days=1)).standings
    assert standing.measures.judged == 1


def test_a_clock_that_runs_ahead_is_flagged_and_not_clipped(ledger: Ledger) -> None:
    """An event after its own pull is listed as a wrong clock and measured neither way."""
    body = ledger.body("420602", "襄城区")
    at = datetime(2026, 11, 20, 9, 0, tzinfo=ZONE)
    version = ledger.version(body, [body, "k"], at=at, occurred=at + timedelta(minutes=10))
    ledger.judge(body, [(version, "queued", [])], at=at)
    ledger.confirm(version, at=at + timedelta(seconds=30))
    (standing,) = card_of(ledger).standings
    assert (standing.measures.timing.skewed, standing.measures.timing.due) == (1, 0)
    assert standing.measures.timing.share is None


def test_a_mended_finding_does_not_stand_against_the_verdict_that_passed(ledger: Ledger) -> None:
    """A version that was returned and judged again counts with its last verdict of the day."""
    body = ledger.body("420602", "襄城区")
    at = datetime(2026, 11, 20, 9, 0, tzinfo=ZONE)
    version = ledger.version(body, [body, "k"], at=at)
    ledger.judge(body, [(version, "returned", [finding()])], at=at)
    ledger.move(version, "landed", at=at)
    ledger.judge(body, [(version, "queued", [])], at=at + timedelta(minutes=1))
    (standing,) = card_of(ledger).standings
    assert (standing.measures.judged, standing.measures.returned) == (1, 0)
    assert dict(standing.measures.failing) == {}


def test_cases_as_they_stood_at_the_end_of_the_day(told: Ledger) -> None:
    """Open and overdue are those of that day, also when they were closed since."""
    with told.owner.transaction() as conn:
        conn.execute(
            "insert into rectification (body, state, opened_at, collect_until, number,"
            " notified_at, deadline, closed_at) values"
            " ('420626', 'closed', %s, %s, '襄工改整〔2026〕1号', %s, '2026-11-19', %s)",
            (*[AFTER - timedelta(days=9)] * 3, AFTER + timedelta(days=3)),
        )
    by_body = {one.measures.body: one.measures for one in card_of(told).standings}
    assert (by_body["420626"].open_cases, by_body["420626"].overdue_cases) == (1, 1)
    assert (by_body["420602"].open_cases, by_body["420602"].overdue_cases) == (1, 0)
    later = card_of(told, DAY + timedelta(days=5), AFTER + timedelta(days=5))
    assert {one.measures.body: one.measures.open_cases for one in later.standings}["420626"] == 0


def test_the_weights_are_those_of_the_policy(told: Ledger) -> None:
    """With all weight on one property the total is that property."""
    weights = dict.fromkeys(DIMENSIONS, 0) | {"completeness": 100}
    scoring = replace(POLICY.scoring, weights=MappingProxyType(weights))
    card = card_of(told, policy=replace(POLICY, scoring=scoring))
    totals = {one.measures.body: one.total for one in card.standings}
    assert totals["420602"] == pytest.approx(100 * 10 / 11, abs=0.005)
