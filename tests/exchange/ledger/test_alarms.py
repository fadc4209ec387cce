"""Alarms are raised once and stay while they hold; each has a runbook with its command."""

from __future__ import annotations

from datetime import timedelta

import pytest

from exchange.ledger.alarms import KINDS, OVER_AFTER, Alarm, alarms_since, keep, open_alarms
from exchange.settings import ROOT
from exchange.store.connection import Store
from tests.exchange.records import NOW
from tests.stores import ExchangeStore

PAGES = ROOT / "docs" / "runbooks"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_runbook_that_begins_with_its_command(kind: str) -> None:
    """What the alarm tells one to type stands at the head of its page, and the list links it."""
    page = (PAGES / f"{kind}.md").read_text("utf-8")
    subject = {"reference-cycle": "<记录号>"}.get(kind, "<单位代码>")
    assert KINDS[kind].name in page.splitlines()[0]
    assert f"先运行：`{KINDS[kind].command.format(subject=subject)}`" in page
    assert f"({kind}.md)" in (PAGES / "README.md").read_text("utf-8")


@pytest.mark.database
def test_alarm_does_not_flap(exchange_store: ExchangeStore) -> None:
    """Seen, unseen for a minute and seen again is one alarm; unseen for two minutes it is over."""
    store = Store(exchange_store.app_dsn, by="test")
    alarm = Alarm("backlog", "province/3.0", "积压", "10 条", 5.0)

    def run(minute: float, *present: Alarm) -> int:
        with store.transaction() as conn:
            keep(conn, present, NOW + timedelta(minutes=minute))
            return len(open_alarms(conn))

    assert [run(0, alarm), run(1), run(1.5, alarm), run(3)] == [1, 1, 1, 1]
    assert run(1.5 + OVER_AFTER.total_seconds() / 60) == 0
    assert run(10, alarm) == 1
    with store.transaction() as conn:
        told = alarms_since(conn, NOW)
    assert [one["cleared_at"] is None for one in told] == [True, False]
    store.close()
