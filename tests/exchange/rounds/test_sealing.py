"""The ledger is kept beside other work, and read with commands."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from exchange.cli import main
from exchange.rounds.sealing import keep_ledger
from exchange.rounds.watching import watch
from exchange.rounds.wiring import opened
from exchange.settings import Settings
from tests.exchange.records import World
from tests.stores import ExchangeStore

pytestmark = pytest.mark.database


def keep(settings: Settings) -> None:
    """Keep the ledger for a moment, as the delivering round does for as long as it lasts."""
    with opened(settings, work="test") as exchange:
        until = datetime.now(UTC) + timedelta(seconds=0.2)
        keep_ledger(exchange, until=until, stop=threading.Event())


def test_a_round_seals_adds_up_anchors_and_makes_the_months(
    judged: World, settings: Settings
) -> None:
    """After a moment nothing is unsealed, yesterday has its anchor file, the months are there."""
    assert "ledger-unsealed" in {
        alarm.kind for alarm in watch(settings, now=datetime.now(UTC) + timedelta(hours=1))
    }
    keep(settings)
    assert watch(settings, now=datetime.now(UTC)) == []
    assert judged.rows("select * from tally_change") == []
    assert judged.rows("select count(*) from ledger_anchor") == [{"count": 1}]
    (anchor,) = (settings.state / "anchors").iterdir()
    assert anchor.stat().st_mode & 0o777 == 0o600
    months = judged.rows("select count(*) from pg_class where relname like 'journey_20__\\___'")
    assert months[0]["count"] >= 4


def test_the_commands_seal_verify_show_and_anchor(
    judged: World,
    settings: Settings,
    exchange_store: ExchangeStore,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What a person types: exit codes, a record with its receipts, an anchor that is held."""
    assert main(["ledger", "seal", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["unsealed_rows"] == 0
    out = tmp_path / "anchor.json"
    today = f"{datetime.now(UTC) + timedelta(hours=8):%Y-%m-%d}"
    assert main(["ledger", "anchor", "--day", today, "--out", str(out)]) == 0
    assert main(["ledger", "verify", "--anchor", str(out)]) == 0
    assert "the chain holds" in capsys.readouterr().out
    assert main(["ledger", "balance", "--full"]) == 0
    capsys.readouterr()
    (version,) = judged.rows("select id, record_key from version")
    assert main(["ledger", "show", version["record_key"], "--format", "json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert [move["block"] for move in told["moves"]] == [1, 1]
    kinds = [receipt["content"]["kind"] for receipt in told["receipts"]]
    assert kinds == ["收讫", "校验"]
    assert main(["ledger", "receipt", str(version["id"])]) == 0
    assert json.loads(capsys.readouterr().out) == told["receipts"]
    with psycopg.connect(exchange_store.owner_dsn) as conn:
        conn.execute('update version set raw = (raw::jsonb || \'{"X": "1"}\')::json')
    assert main(["ledger", "verify"]) == 1
    assert f"封存后改动：version 第 {version['id']} 行" in capsys.readouterr().out
