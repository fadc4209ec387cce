"""Silence in the store: found from the batches of each day, noted once, ended when rows come."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from exchange.ledger.silence import SilentFeed, look_for_silence
from schemas.calendar import china
from schemas.policy import load
from tests.ledgers import Ledger
from validators.record import RECORD_ZONE

pytestmark = pytest.mark.database
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=RECORD_ZONE)  # a Friday
POLICY = load("420600", NOON.date())
BODY, TABLE = "420602", "SPGL_XMJBXXB"


def reported(ledger: Ledger, day: datetime, rows: int, table: str = TABLE) -> None:
    """A batch that landed on this day."""
    with ledger.owner.transaction() as conn:
        conn.execute(
            "insert into batch (body, standard, table_code, origin, landed_at, rows_read,"
            " rows_new, rows_replayed, content_hash)"
            " values (%s, '3.0', %s, 't', %s, %s, %s, 0, '')",
            (BODY, table, day, rows, rows),
        )


def habit(ledger: Ledger, until: datetime, table: str = TABLE) -> None:
    """Three rows on every working day of the last hundred days up to and including ``until``."""
    for back in range(100):
        day = until - timedelta(days=back)
        if china().is_working(day.date()):
            reported(ledger, datetime.combine(day, time(10), RECORD_ZONE), 3, table)


def look(ledger: Ledger, now: datetime) -> list[SilentFeed]:
    """One daily round."""
    with ledger.store.transaction() as conn:
        return look_for_silence(conn, lambda _, __: POLICY, now=now, policy=POLICY)


def test_silent_table_is_named_and_the_others_are_not(ledger: Ledger) -> None:
    """Of two tables of a body only the one that went quiet is told, with its usual number."""
    ledger.body(BODY, "襄城区")
    habit(ledger, NOON - timedelta(days=3))
    habit(ledger, NOON - timedelta(days=1), "SPGL_XMSPSXBLXXB")
    (one,) = look(ledger, NOON)
    assert (one.body, one.name, one.table) == (BODY, "襄城区", TABLE)
    assert (one.since.isoformat(), one.days, one.usual) == ("2026-11-18", 2, 3.0)
    assert str(one) == (
        "襄城区（420602） 项目基本信息表 SPGL_XMJBXXB（3.0）：自 2026-11-18 起 2 个工作日没有数据，"
        "平时每个工作日约 3.0 条"
    )


def test_silence_is_noted_once_and_ended_by_rows(ledger: Ledger) -> None:
    """Looking again changes nothing but the length; the next rows end it, the record stays."""
    ledger.body(BODY, "襄城区")
    habit(ledger, NOON - timedelta(days=3))
    look(ledger, NOON)
    (longer,) = look(ledger, NOON + timedelta(days=3))  # a Monday
    assert longer.days == 3
    reported(ledger, NOON + timedelta(days=3, hours=1), 1)
    assert look(ledger, NOON + timedelta(days=3, hours=2)) == []
    (kept,) = ledger.rows("select days, ended_at is not null as ended from silence")
    assert kept == {"days": 3, "ended": True}


def test_an_empty_store_has_nobody_silent(ledger: Ledger) -> None:
    """A body that has just been connected has no habit."""
    ledger.body(BODY, "襄城区")
    reported(ledger, NOON - timedelta(days=10), 100)
    assert look(ledger, NOON) == []
