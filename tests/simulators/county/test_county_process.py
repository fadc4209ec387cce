"""The county process: killed at any moment it goes on where it was and repeats nothing."""

from __future__ import annotations

import json
import signal
import sqlite3
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from simulators.accounts import Accounts
from simulators.front_databases import connect_postgresql
from simulators.settings import World
from tests.simulators.processes import running, wait_for

pytestmark = [pytest.mark.database, pytest.mark.faults, pytest.mark.usefixtures("emptied")]

BODY, NAME = "420602", "county_420602_v3"
FAST = {"rate": 40, "mistakes": 0.2, "hold": 0.4}


def contents(accounts: Accounts) -> Counter[tuple[str, ...]]:
    """Every row of the front database without serial number and change time, counted."""
    found: Counter[tuple[str, ...]] = Counter()
    with connect_postgresql(accounts.writers[NAME]) as connection:
        tables = connection.execute(
            "select tablename from pg_tables where schemaname = 'public'"
        ).fetchall()
        for (table,) in tables:
            rows = connection.execute(
                f"select (to_jsonb(t) - 'LSH' - 'GXSJ')::text from \"{table}\" t".encode()
            )
            found.update((table, row[0]) for row in rows)
    return found


def _more_than(accounts: Accounts, rows: int) -> bool:
    return contents(accounts).total() > rows


def test_killed_again_and_again(
    small_world: World, world_toml: Path, world_accounts: Accounts
) -> None:
    """After three deaths by kill -9 no row is there twice and none that was begun is missing."""
    journal = small_world.folder / "bodies" / f"{BODY}.sqlite"
    for path in journal.parent.glob(f"{BODY}*"):
        path.unlink()
    small_world.controls.mkdir(parents=True, exist_ok=True)
    control = small_world.controls / f"county-{BODY}.json"
    control.write_text(json.dumps({"settings": FAST}), "utf-8")
    total = 0
    for _ in range(3):
        with running(world_toml, "county", "--body", BODY) as process:
            wait_for(partial(_more_than, world_accounts, total + 60), 40)
            process.kill()
            process.wait()
        total = contents(world_accounts).total()
    with running(world_toml, "county", "--body", BODY) as process:
        wait_for(partial(_more_than, world_accounts, total + 30), 40)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    control.unlink()

    rows = contents(world_accounts)
    assert [row for row, times in rows.items() if times > 1] == []
    with sqlite3.connect(journal) as memory:
        sent = memory.execute("select table_code, sent from record").fetchall()
        waiting = memory.execute("select steps from batch").fetchall()
    memory.close()
    under_way = {
        (step["table"], step["local_key"]) for (steps,) in waiting for step in json.loads(steps)
    }
    local = {(table, json.loads(text)["DFSJZJ"]) for table, text in rows}
    missing = [
        (table, key)
        for table, text in sent
        if (key := json.loads(text)["DFSJZJ"]) and (table, key) not in local | under_way
    ]
    assert missing == []
    log = (small_world.controls / "county.events.jsonl").read_text("utf-8")
    assert all(json.loads(line)["what"] for line in log.splitlines())
