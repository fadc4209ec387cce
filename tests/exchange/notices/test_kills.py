"""Notices when runs collide or die: real processes, killed at lines all along the way."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from exchange.notices.chase import chase
from schemas.policy import Policy, load
from tests.ledgers import Ledger, finding
from tests.stores import ExchangeStore

pytestmark = [pytest.mark.database, pytest.mark.faults]
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
LATER = NOON + timedelta(minutes=2)
POINTS = 10
CHILD = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from exchange.notices.chase import chase
from exchange.store.connection import Store
from schemas.policy import load
dsn, state, now, last_line = sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
lines = 0
def step(frame, event, arg):
    global lines
    name = frame.f_code.co_filename
    if "exchange/notices" not in name and "store/documents" not in name:
        return None
    if event == "line":
        lines += 1
        if lines == last_line:
            os.kill(os.getpid(), signal.SIGKILL)
    return step
sys.settrace(step)
chase(Store(dsn, by="child"), state, lambda body, at: load(body, at.date()),
      datetime.fromisoformat(now))
print(lines)
"""


def policy_of(body: str, now: datetime) -> Policy:
    """The pack that ships for the body."""
    return load(body, now.date())


def child(dsn: str, state: Path, last_line: int) -> subprocess.Popen[str]:
    """A chase in a process of its own that kills itself when it has run so many lines."""
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, dsn, str(state), LATER.isoformat(), str(last_line)],
        stdout=subprocess.PIPE,
        text=True,
    )


def open_case(ledger: Ledger, number: int) -> None:
    """A body with one returned record."""
    body = ledger.body(f"4206{number:02d}", f"单位{number}")
    version = ledger.version(body, [body, "P"], at=NOON)
    ledger.judge(body, [(version, "returned", [finding(row=version)])], at=NOON)


def assert_nothing_lost_or_doubled(ledger: Ledger, state: Path, cases: int) -> None:
    """Each case has one notice, the numbers have no gap, every file is the one that was issued."""
    rows = ledger.rows(
        "select n.*, r.body from notice n join rectification r on r.id = n.rectification_id"
    )
    assert sorted(row["number"] for row in rows) == sorted(
        f"襄工改整〔2026〕{n}号" for n in range(1, cases + 1)
    )
    assert len({row["rectification_id"] for row in rows}) == cases
    for row in rows:
        assert row["delivered_at"] is not None
        folder = state / "notices" / row["body"]
        expected = {entry["name"]: entry["sha256"] for entry in row["files"]["documents"]}
        found = {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.iterdir()
            if path.is_file()
        }
        assert found == expected
        assert json.loads((folder / f"{row['number']}.json").read_text("utf-8"))


def test_killed_at_lines_all_along_the_way(
    ledger: Ledger, exchange_store: ExchangeStore, tmp_path: Path
) -> None:
    """Wherever the run dies, the next one leaves one number, one notice and whole files."""
    open_case(ledger, 1)
    whole = child(exchange_store.app_dsn, tmp_path, 0)
    lines = int(whole.communicate(timeout=120)[0])
    assert lines > 100
    for point in range(1, POINTS + 1):
        open_case(ledger, point + 1)
        killed = child(exchange_store.app_dsn, tmp_path, lines * point // (POINTS + 1))
        killed.communicate(timeout=120)
        assert killed.returncode == -9
        until = time.monotonic() + 30
        while ledger.rows(
            "select from rectification r left join notice n on n.rectification_id = r.id"
            " where n.delivered_at is null"
        ):
            assert time.monotonic() < until, "the store still holds the locks of a dead run"
            chase(ledger.store, tmp_path, policy_of, LATER)
    assert_nothing_lost_or_doubled(ledger, tmp_path, POINTS + 1)


def test_runs_at_once_share_the_cases(
    ledger: Ledger, exchange_store: ExchangeStore, tmp_path: Path
) -> None:
    """Three processes over nine cases: nine numbers, nine notices, each delivered once."""
    for number in range(1, 10):
        open_case(ledger, number)
    runs = [child(exchange_store.app_dsn, tmp_path, 0) for _ in range(3)]
    for run in runs:
        run.communicate(timeout=120)
    assert [run.returncode for run in runs] == [0, 0, 0]
    assert_nothing_lost_or_doubled(ledger, tmp_path, 9)
