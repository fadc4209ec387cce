"""Bodies alive: rows flow, some are wrong, notices are answered, orders are followed."""

from __future__ import annotations

import dataclasses
import json
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from simulators.accounts import Accounts
from simulators.county.body import Body
from simulators.events import Events, wall_clock
from simulators.front_databases import connect_postgresql
from simulators.settings import World

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("emptied")]

Row = dict[str, str | None]


class Life:
    """A body, its control file, its notices and a clock that the test turns."""

    def __init__(self, world: World, accounts: Accounts, code: str, state: Path) -> None:
        self.world = dataclasses.replace(world, state=state)
        self.code = code
        self.accounts = accounts
        self.plan = world.body(code)
        self.events = Events(state / "events.jsonl")
        self.body = Body(self.world, accounts, self.plan, self.events)
        self.now: datetime = wall_clock()
        self.monotonic = 0.0

    def tell(self, once: list[dict[str, object]] | None = None, **settings: object) -> None:
        """Writes the control file."""
        path = self.world.controls / f"county-{self.code}.json"
        path.unlink(missing_ok=True)
        path.write_text(json.dumps({"settings": settings, "once": once or []}), "utf-8")

    def live(self, seconds: int) -> None:
        """Lets seconds pass."""
        for _ in range(seconds):
            self.now += timedelta(seconds=1)
            self.monotonic += 1
            self.body.tick(self.now, self.monotonic)

    def rows(self, standard: str = "3.0") -> dict[str, list[Row]]:
        """All rows of the body's front database by table, oldest first."""
        writer = self.accounts.writers[self.body._connection(standard)]
        found: dict[str, list[Row]] = {}
        with connect_postgresql(writer) as connection:
            for table in self.body._feeds[standard].standard.in_order:
                cursor = connection.execute(f'select * from "{table.code}" order by "LSH"'.encode())
                names = [column.name for column in cursor.description or ()]
                found[table.code] = [dict(zip(names, row, strict=True)) for row in cursor]
        return found

    def mistakes(self) -> list[dict[str, str]]:
        """The mistakes the body made, after its log."""
        lines = (self.world.state / "events.jsonl").read_text("utf-8").splitlines()
        return [event for event in map(json.loads, lines) if event["what"] == "mistake"]

    def notice(self, items: list[dict[str, object]]) -> None:
        """Puts a notice into the body's folder."""
        folder = self.world.state / "notices" / self.code
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{secrets.token_hex(4)}.json").write_text(
            json.dumps({"notice": "N", "items": items}), "utf-8"
        )

    def end(self) -> None:
        """Lets go of everything."""
        for feed in self.body._feeds.values():
            feed.outlet.close()
        self.body._journal.close()
        self.events.close()


@pytest.fixture
def begin(
    small_world: World, world_accounts: Accounts, tmp_path: Path
) -> Iterator[Callable[[str], Life]]:
    """Begins lives that are ended with the test."""
    lives: list[Life] = []

    def begin_life(code: str) -> Life:
        lives.append(Life(small_world, world_accounts, code, tmp_path / code))
        return lives[-1]

    yield begin_life
    for life in lives:
        life.end()


def count(rows: dict[str, list[Row]]) -> int:
    """How many rows there are."""
    return sum(map(len, rows.values()))


def test_set_up_comes_first_and_in_order(begin: Callable[[str], Life]) -> None:
    """Within some seconds the flows are there, right, and projects follow at the body's rate."""
    life = begin("420602")
    life.tell(mistakes=1.0, rate=1)
    life.live(32)
    rows = life.rows()
    assert len(rows["SPGL_SPLCXXB"]) == 4
    assert all(row["SPLCMC"] for row in rows["SPGL_SPLCXXB"])
    before = count(rows)
    life.live(20)
    assert 15 <= count(life.rows()) - before <= 30


def test_both_generations_of_one_body(begin: Callable[[str], Life]) -> None:
    """A body with two feeds tells under both versions of the standard."""
    life = begin("420606")
    life.live(32)
    assert count(life.rows("3.0")) > 50
    assert len(life.rows("2.0")["SPGL_DFXMSPLCXXB"]) == 4


@pytest.mark.parametrize(("code", "by_protocol"), [("420602", True), ("420606", False)])
def test_a_notice_is_answered(
    begin: Callable[[str], Life], code: str, *, by_protocol: bool
) -> None:
    """After the delay the broken record is right: by two new rows, or changed in place."""
    life = begin(code)
    life.live(32)
    table = "SPGL_XMSPSXBLXXXXB"
    order: dict[str, object] = {"id": "1", "do": "mistake", "fault": "handler_missing"}
    life.tell([order], mistakes=0.001, rate=5)
    life.live(32)
    (mistake,) = [it for it in life.mistakes() if it["fault"] == "handler_missing"][:1]
    assert mistake["table"] == table
    broken = next(row for row in life.rows()[table] if row["BLR"] is None)
    item: dict[str, object] = {
        "table": table,
        "standard": "3.0",
        "key": {},
        "local_key": broken["DFSJZJ"],
        "findings": [],
    }
    life.notice([item])
    life.notice([item])
    life.live(2)
    assert next(r for r in life.rows()[table] if r["LSH"] == broken["LSH"])["BLR"] is None
    life.live(32)
    same = [row for row in life.rows()[table] if row["DFSJZJ"] == broken["DFSJZJ"]]
    assert same[-1]["BLR"]
    if by_protocol:
        assert [row["SJYXBS"] for row in same] == ["1", "0", "1"]
        assert same[1]["SJWXYY"]
    else:
        assert len(same) == 1
        assert str(same[0]["GXSJ"]) > str(broken["GXSJ"])


def test_pause_flood_skew_and_withdrawals(begin: Callable[[str], Life]) -> None:
    """A body does what the control file says from the next second on, each order once."""
    life = begin("420602")
    life.live(32)
    life.tell(pause=True)
    before = count(life.rows())
    life.live(5)
    assert count(life.rows()) == before
    life.tell([{"id": "f", "do": "flood", "rows": 60}], rate=0, skew=-180, mistakes=0)
    life.live(3)
    after = life.rows()
    assert count(after) >= before + 60
    newest = str(after["SPGL_XMSPSXBLXXXXB"][-1]["GXSJ"])
    assert newest < (life.now - timedelta(seconds=170)).strftime("%Y-%m-%d %H:%M:%S")
    total = count(after)
    orders: list[dict[str, object]] = [
        {"id": "f", "do": "flood", "rows": 60},
        {"id": "w", "do": "withdraw", "rows": 3},
        {"id": "v", "do": "vanish", "rows": 2},
    ]
    life.tell(orders, rate=0)
    life.live(3)
    rows = life.rows()
    withdrawn = [
        r for table in rows.values() for r in table if r["SJWXYY"] and "作废" in r["SJWXYY"]
    ]
    assert len(withdrawn) == 3
    assert count(rows) == total + 3 - 2


def test_an_outage_shuts_the_exchange_out(
    begin: Callable[[str], Life], world_accounts: Accounts
) -> None:
    """While a body is down its front database cannot be read; afterwards it can."""
    import psycopg

    reader = world_accounts.readers["county_420602_v3"]
    life = begin("420602")
    life.tell(down=True)
    life.live(1)
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        connect_postgresql(reader)
    life.tell(down=False)
    life.live(1)
    connect_postgresql(reader).close()


def test_a_dropped_column_and_its_return(begin: Callable[[str], Life]) -> None:
    """The front database loses a column on order and gets it back on another."""
    life = begin("420602")
    column = "SPGL_XMJBXXB.XMMC"
    life.tell([{"id": "d", "do": "drop_column", "column": column}])
    life.live(1)
    writer = world_columns(life)
    assert "XMMC" not in writer
    life.tell([{"id": "r", "do": "restore_column", "column": column}])
    life.live(1)
    assert "XMMC" in world_columns(life)


def world_columns(life: Life) -> set[str]:
    """The columns of the project table as it is now."""
    writer = life.accounts.writers["county_420602_v3"]
    with connect_postgresql(writer) as connection:
        cursor = connection.execute('select * from "SPGL_XMJBXXB" where false')
        return {column.name for column in cursor.description or ()}
