"""The province's verdicts on rows among others, on its real tables."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from schemas import load
from schemas.sample import valid
from simulators.accounts import Accounts
from simulators.control import Control
from simulators.events import Events
from simulators.province.audit import audit
from simulators.province.judge import Judge
from simulators.province.modes import Mode
from simulators.province.tables import ProvinceTables

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("emptied")]

STANDARD = load("3.0")
FLOW, STAGE = "SPGL_SPLCXXB", "SPGL_SPJDXXB"


class Desk:
    """The judge, its tables and a clock that the test turns."""

    def __init__(self, accounts: Accounts, folder: Path) -> None:
        account = accounts.province["province_v3"]
        self.mode = Mode(folder, "3.0", Random(1))
        self.events = Events(folder / "events.jsonl")
        self.judge = Judge(account, STANDARD, "front", self.mode, self.events, Random(1))
        self.tables = ProvinceTables(account, STANDARD, "front")
        self.now = 0.0

    def put(self, table: str, **changes: str | None) -> str:
        """Inserts a valid row with these changes; returns its serial number."""
        row = valid(STANDARD, table, Random(3), given={"XZQHDM": "420602"}) | changes
        self.tables.insert(table, {code: text for code, text in row.items() if code != "LSH"})
        found = self.tables.connection.execute(f'select max("LSH") from "{table}"').fetchone()
        self.tables.connection.commit()
        assert found is not None
        return str(found[0])

    def wait(self, seconds: float) -> None:
        """Lets time pass in steps of a second."""
        for _ in range(int(seconds)):
            self.now += 1
            self.judge.tick(self.tables, self.now)

    def status(self, table: str, lsh: str) -> tuple[str | None, str | None]:
        """Status and reason of a row."""
        row = self.tables.row(table, lsh)
        assert row is not None
        return row["SJSCZT"], row["SBYY"]


@pytest.fixture
def desk(world_accounts: Accounts, tmp_path: Path) -> Iterator[Desk]:
    """A desk of its own for each test."""
    made = Desk(world_accounts, tmp_path)
    yield made
    made.tables.close()
    made.events.close()


def test_a_good_row_is_checked_and_uploaded(desk: Desk) -> None:
    """Status 0 becomes 1 and then 3, never sooner than half a second."""
    lsh = desk.put(FLOW)
    desk.judge.tick(desk.tables, 0.4)
    assert desk.status(FLOW, lsh)[0] == "0"
    desk.wait(4)
    assert desk.status(FLOW, lsh) == ("3", None)


def test_a_broken_row_is_refused_with_a_reason(desk: Desk) -> None:
    """Status 2 and a reason with code and field."""
    lsh = desk.put(FLOW, SPLCMC=None)
    desk.wait(3)
    status, reason = desk.status(FLOW, lsh)
    assert status == "2"
    assert reason is not None
    assert reason.startswith("[101]必填项为空")


def test_a_child_needs_a_parent_that_was_accepted(desk: Desk) -> None:
    """Without a parent a child is refused; with a waiting parent it waits for it."""
    orphan = desk.put(STAGE, SPLCBM="L1", SPLCBBH="1")
    desk.wait(3)
    assert desk.status(STAGE, orphan)[1] == "[201]上级记录不存在或无效：审批流程信息表"
    parent = desk.put(FLOW, SPLCBM="L1", SPLCBBH="1")
    child = desk.put(STAGE, SPLCBM="L1", SPLCBBH="1")
    desk.wait(5)
    assert desk.status(FLOW, parent)[0] == "3"
    assert desk.status(STAGE, child)[0] == "3"


def test_one_key_has_one_valid_row(desk: Desk) -> None:
    """A second valid row is refused; after an invalidation a new one is taken."""
    desk.put(FLOW, SPLCBM="L2", SPLCBBH="1")
    desk.wait(4)
    second = desk.put(FLOW, SPLCBM="L2", SPLCBBH="1", SPLCMC="改名")
    desk.wait(4)
    assert desk.status(FLOW, second)[1] == "[301]同一主键已有有效数据"
    away = desk.put(FLOW, SPLCBM="L2", SPLCBBH="1", SJYXBS="0", SJWXYY="改名")
    third = desk.put(FLOW, SPLCBM="L2", SPLCBBH="1", SPLCMC="改名")
    desk.wait(6)
    assert desk.status(FLOW, away)[0] == "3"
    assert desk.status(FLOW, third)[0] == "3"
    # The same content after its refusal and an invalidation is no second sending.
    assert audit(desk.tables)["duplicates"]["rows"] == []


def test_nothing_can_be_withdrawn_that_never_came(desk: Desk) -> None:
    """An invalidating row for an unknown key is refused."""
    lsh = desk.put(FLOW, SPLCBM="L3", SJYXBS="0", SJWXYY="撤回")
    desk.wait(3)
    assert desk.status(FLOW, lsh)[1] == "[302]没有可以作废的数据"


def test_refusing_and_late(desk: Desk, tmp_path: Path) -> None:
    """Mode refusing gives a reason that names no fault; mode late lets wait."""
    _set(desk.mode.control, tmp_path, mode="refusing")
    refused = desk.put(FLOW, SPLCBM="L4")
    desk.wait(3)
    assert desk.status(FLOW, refused) == ("2", "[900]省级平台拒收，原因未说明")
    _set(desk.mode.control, tmp_path, mode="late", wait=20)
    late = desk.put(FLOW, SPLCBM="L5")
    desk.wait(15)
    assert desk.status(FLOW, late)[0] == "0"
    desk.wait(10)
    assert desk.status(FLOW, late)[0] == "3"


def test_lying_loses_the_row_after_saying_yes(desk: Desk, tmp_path: Path) -> None:
    """In mode lying a row is said to have passed and is gone a moment later."""
    _set(desk.mode.control, tmp_path, mode="lying", share=1)
    lsh = desk.put(FLOW, SPLCBM="L6")
    seen = set()
    for _ in range(40):
        desk.now += 0.1
        desk.judge.tick(desk.tables, desk.now)
        row = desk.tables.row(FLOW, lsh)
        seen.add(row["SJSCZT"] if row else None)
    assert seen == {"0", "1", None}
    assert audit(desk.tables)["lost"] == 1


def test_the_judge_works_by_itself(desk: Desk) -> None:
    """Run as a thread it gives verdicts and ends when told to."""
    stop = threading.Event()
    thread = threading.Thread(target=desk.judge.run, args=(stop,))
    thread.start()
    lsh = desk.put(FLOW, SPLCBM="L7")
    for _ in range(60):
        if desk.status(FLOW, lsh)[0] == "3":
            break
        desk.tables.connection.commit()
        stop.wait(0.1)
    stop.set()
    thread.join(2)
    assert not thread.is_alive()
    assert desk.status(FLOW, lsh)[0] == "3"


def _set(control: Control, folder: Path, **settings: object) -> None:
    import json

    (folder / "province-3.0.json").write_text(json.dumps({"settings": settings}), "utf-8")
    control.look()
