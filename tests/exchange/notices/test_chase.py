from __future__ import annotations

import hashlib
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from exchange.notices.casefile import items_of
from exchange.notices.chase import ChaseSummary, chase
from schemas.policy import Policy, load
from tests.ledgers import Ledger, finding

pytestmark = pytest.mark.database
ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=ZONE)  # a Friday
LATER = NOON + timedelta(minutes=2)


def policy_of(body: str, now: datetime) -> Policy:
    """The pack that ships for the body."""
    return load(body, now.date())


def run(ledger: Ledger, state: Path, now: datetime) -> ChaseSummary:
    """A round in which nothing may fail."""
    summary = chase(ledger.store, state, policy_of, now)
    assert summary.failures == []
    return summary


def faulty(ledger: Ledger, body: str = "420602", key: str = "P1", **facts: Any) -> int:
    """A version that was returned at noon for a missing name."""
    version = ledger.version(body, [body, key], at=NOON, **facts)
    one = finding(row=version, key={"XZQHDM": body, "GCDM": key})
    ledger.judge(body, [(version, "returned", [one])], at=NOON)
    return version


def mended(ledger: Ledger, body: str = "420602", key: str = "P1", *, at: datetime) -> int:
    """A later version of the record that passes and is confirmed."""
    version = ledger.version(body, [body, key], at=at, revision=2)
    ledger.judge(body, [(version, "queued", [])], at=at)
    ledger.confirm(version, at=at)
    return version


def test_a_case_is_notified_when_it_has_collected_long_enough(
    ledger: Ledger, tmp_path: Path
) -> None:
    """Before the minute is over nothing happens; then number, deadline, documents and proof."""
    ledger.body("420602", "襄城区")
    faulty(ledger, key="P1")
    faulty(ledger, key="P2")
    assert run(ledger, tmp_path, NOON + timedelta(seconds=30)).notified == []

    summary = run(ledger, tmp_path, LATER)

    assert summary.notified == ["襄工改整〔2026〕1号"] == summary.delivered
    (case,) = ledger.rows("select * from rectification")
    assert case["state"] == "notified"
    assert case["deadline"] == date(2026, 11, 27)
    assert case["deadline_provisional"] is False
    assert case["deadline_basis"] == "自通知次日起5个工作日"
    (notice,) = ledger.rows("select * from notice")
    for entry in notice["proof"]["files"]:
        content = (tmp_path / "notices" / entry["path"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    assert [entry["path"].rpartition(".")[2] for entry in notice["proof"]["files"]] == [
        "html", "xlsx", "json",
    ]  # fmt: skip
    told = json.loads((tmp_path / "notices/420602/襄工改整〔2026〕1号.json").read_text("utf-8"))
    assert told["deadline"] == "2026-11-27"
    assert [item["key"]["GCDM"] for item in told["items"]] == ["P1", "P2"]
    assert told["items"][0]["local_key"] == "L-1"
    assert told["items"][0]["findings"][0]["rule"] == "COM-001/XMMC"


def test_a_second_run_changes_nothing(ledger: Ledger, tmp_path: Path) -> None:
    """Chasing again at the same time draws no number and delivers nothing."""
    ledger.body("420602", "襄城区")
    faulty(ledger)
    run(ledger, tmp_path, LATER)
    assert run(ledger, tmp_path, LATER) == ChaseSummary()
    assert ledger.rows("select last from notice_number") == [{"last": 1}]


def test_a_mended_record_closes_its_case_with_a_closing_notice(
    ledger: Ledger, tmp_path: Path
) -> None:
    """The re-pushed record is confirmed upstream: the case closes and the body is told so."""
    ledger.body("420602", "襄城区")
    faulty(ledger)
    run(ledger, tmp_path, LATER)
    mended(ledger, at=LATER + timedelta(hours=1))

    summary = run(ledger, tmp_path, LATER + timedelta(hours=2))

    assert len(summary.closed) == 1
    assert summary.delivered == ["襄工改整〔2026〕2号"]
    assert ledger.rows(
        "select kind, delivered_at is not null as there from notice order by id"
    ) == [
        {"kind": "rectification", "there": True},
        {"kind": "closing", "there": True},
    ]
    told = json.loads((tmp_path / "notices/420602/襄工改整〔2026〕2号.json").read_text("utf-8"))
    assert (told["kind"], told["items"]) == ("closing", [])


def test_a_case_mended_before_its_notice_closes_without_one(ledger: Ledger, tmp_path: Path) -> None:
    """No number is spent on what is already mended."""
    ledger.body("420602", "襄城区")
    faulty(ledger)
    mended(ledger, at=NOON + timedelta(seconds=20))
    summary = run(ledger, tmp_path, LATER)
    assert (len(summary.closed), summary.notified) == (1, [])
    assert ledger.rows("select * from notice_number") == []


def test_a_push_that_fails_again_is_told_to_the_body(ledger: Ledger, tmp_path: Path) -> None:
    """The item stays in its case; after the collecting time a reminder names the new findings."""
    ledger.body("420602", "襄城区")
    faulty(ledger)
    run(ledger, tmp_path, LATER)
    again = LATER + timedelta(hours=1)
    second = ledger.version("420602", ["420602", "P1"], at=again, revision=2)
    one = finding(row=second, message="仍然为空。")
    ledger.judge("420602", [(second, "returned", [one])], at=again)

    assert run(ledger, tmp_path, again + timedelta(seconds=30)).reminded == []
    assert run(ledger, tmp_path, again + timedelta(seconds=90)).reminded == ["襄工改整〔2026〕2号"]
    assert run(ledger, tmp_path, again + timedelta(seconds=99)).reminded == []
    told = json.loads((tmp_path / "notices/420602/襄工改整〔2026〕2号.json").read_text("utf-8"))
    assert told["items"][0]["pushes"] == 2
    assert told["items"][0]["findings"][0]["message"] == "仍然为空。"


def test_escalation_reminds_marks_overdue_and_drafts_one_circular_a_day(
    ledger: Ledger, tmp_path: Path
) -> None:
    """A working day before the deadline a reminder; at its end overdue and a draft, once a day."""
    ledger.body("420602", "襄城区")
    ledger.body("420606", "樊城区")
    faulty(ledger, "420602")
    faulty(ledger, "420602", "P2")
    faulty(ledger, "420606")
    run(ledger, tmp_path, LATER)

    assert run(ledger, tmp_path, datetime(2026, 11, 25, 23, 59, tzinfo=ZONE)).reminded == []
    assert len(run(ledger, tmp_path, datetime(2026, 11, 26, 0, 0, tzinfo=ZONE)).reminded) == 2
    last_minute = run(ledger, tmp_path, datetime(2026, 11, 27, 23, 59, tzinfo=ZONE))
    assert last_minute == ChaseSummary()

    midnight = datetime(2026, 11, 28, 0, 0, tzinfo=ZONE)
    summary = run(ledger, tmp_path, midnight)
    assert (len(summary.overdue), summary.circular) == (2, "2026-11-28")
    assert {row["overdue_since"] for row in ledger.rows("select * from rectification")} == {
        midnight
    }
    (circular,) = ledger.rows("select * from circular")
    (section,) = circular["content"]["sections"]
    assert [(row["rank"], row["name"], row["items"]) for row in section["bodies"]] == [
        (1, "襄城区", 2),
        (2, "樊城区", 1),
    ]
    assert circular["signed_by"] is None
    assert "草稿，待签发" in (tmp_path / "circulars/2026-11-28.html").read_text("utf-8")
    assert run(ledger, tmp_path, midnight + timedelta(hours=9)).circular is None

    mended(ledger, at=midnight + timedelta(hours=10))
    next_day = run(ledger, tmp_path, midnight + timedelta(days=1))
    assert next_day.circular == "2026-11-29"
    (_, second) = ledger.rows("select content from circular order by period_to")
    ranked = second["content"]["sections"][0]["bodies"]
    assert [(row["name"], row["change"]) for row in ranked] == [("襄城区", -1), ("樊城区", 0)]


def test_a_channel_that_fails_keeps_its_error_and_is_tried_again(
    ledger: Ledger, tmp_path: Path
) -> None:
    """A notice that cannot be delivered stays on the list; the other body gets its own."""
    ledger.body("420602", "襄城区")
    ledger.body("420606", "樊城区")
    faulty(ledger, "420602")
    faulty(ledger, "420606")
    (tmp_path / "notices").mkdir()
    (tmp_path / "notices" / "420602").write_text("a file in the way of the folder")

    summary = chase(ledger.store, tmp_path, policy_of, LATER)

    assert len(summary.notified) == 2
    assert len(summary.delivered) == 1
    assert len(summary.failures) == 1
    (row,) = ledger.rows("select last_error from notice where delivered_at is null")
    assert "420602" in row["last_error"]
    (tmp_path / "notices" / "420602").unlink()
    assert len(run(ledger, tmp_path, LATER + timedelta(minutes=1)).delivered) == 1
    assert ledger.rows("select last_error from notice where last_error is not null") == []


def test_a_case_that_cannot_be_written_does_not_stop_the_others(
    ledger: Ledger, tmp_path: Path
) -> None:
    """Without a policy for one body its case waits, named in the summary, and no number is lost."""
    ledger.body("990000", "没有政策包的单位")
    ledger.body("420602", "襄城区")
    faulty(ledger, "990000")
    faulty(ledger, "420602")
    summary = chase(ledger.store, tmp_path, policy_of, LATER)
    assert summary.notified == ["襄工改整〔2026〕1号"]
    assert len(summary.failures) == 1
    assert "990000" in summary.failures[0]


def test_waived_link_is_told_while_it_was_the_last_look(ledger: Ledger) -> None:
    """A record of a case names its excused address until a look comes to something else."""
    ledger.body("420602", "襄城区")
    version = faulty(ledger)
    waived = {"signer": "张主任", "until": "2026-12-31"}
    ledger.look(version, at=NOON, outcome="status", waived=waived)

    def told() -> list[bool]:
        with ledger.store.transaction() as conn:
            (item,) = items_of(conn, 1)
        return [bool(one["waived"]) for one in item.findings]

    assert told() == [False, True]
    ledger.look(version, at=LATER, outcome="ok")
    assert told() == [False]
