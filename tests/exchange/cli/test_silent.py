"""`exchange silent` says that it looked also when nobody is silent, and what to do when one is."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from exchange.cli import main
from exchange.store.connection import Store
from schemas.calendar import china
from tests.exchange.records import BODY, FLOW
from tests.stores import ExchangeStore
from validators.record import RECORD_ZONE

pytestmark = pytest.mark.database


def test_silence_is_told_in_sentences(
    exchange_store: ExchangeStore,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """First nobody is silent; then a table that came every working day stays away for a month."""
    monkeypatch.setenv("SPGL_STATE", str(tmp_path))
    monkeypatch.setenv("SPGL_DATABASE_URL", exchange_store.app_dsn)
    assert main(["silent"]) == 0
    assert capsys.readouterr().out.startswith("无：")
    store = Store(exchange_store.app_dsn, by="test")
    with store.transaction() as conn:
        conn.execute("insert into body values (%s, '襄城区', '{420602}', 'none')", (BODY,))
        today = datetime.now(UTC).astimezone(RECORD_ZONE).date()
        for day in (today - timedelta(days=back) for back in range(30, 180)):
            if china().is_working(day):
                conn.execute(
                    "insert into batch (body, standard, table_code, origin, landed_at, rows_read,"
                    " rows_new, rows_replayed, content_hash) values (%s, '3.0', %s, 't', %s, 2, 2,"
                    " 0, '')",
                    (BODY, FLOW, datetime.combine(day, time(10), RECORD_ZONE)),
                )
    store.close()
    assert main(["silent"]) == 1
    told, what_to_do = capsys.readouterr().out.splitlines()
    assert told.startswith(f"襄城区（{BODY}） 审批流程信息表 {FLOW}（3.0）：自 ")
    assert "个工作日没有数据，平时每个工作日约 2.0 条" in told
    assert "./run exchange status" in what_to_do
