"""What a front database must do beyond the suite of all sources; real servers only."""

from __future__ import annotations

import threading
import time
from abc import abstractmethod
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, Protocol

import pytest

from connectors.base import AccountCanWriteError, RefusedError, StopError, TryLaterError
from connectors.front_database import FrontDatabase
from connectors.front_layout import Layout
from schemas import Table
from tests.connectors.source_suite import PROJECTS, STAGES, SourceSuite, Taker, World, project


class Cursor(Protocol):
    """What the two drivers' cursors have in common."""

    def execute(self, statement: Any, values: Any = None, /) -> Any:
        """Run one statement."""

    def executemany(self, statement: Any, values: Any, /) -> Any:
        """Run it for each row."""

    def fetchall(self) -> Any:
        """The rows."""


class FrontWorld(World):
    """A county's front database, handled by its owner; the source gets a read-only account."""

    quote = '"'
    options: dict[str, Any]

    def __init__(self) -> None:
        self.options = {"overlap": 60}

    @abstractmethod
    def owner(self, *, commit: bool = True) -> AbstractContextManager[Cursor]:
        """A cursor of the owner's in a transaction that ends with the block."""

    @abstractmethod
    def url(self, *, reader: bool = True) -> str:
        """The address for the source, with the read-only account or with the owner's."""

    @abstractmethod
    def cut(self) -> None:
        """Break all connections of the read-only account."""

    def source(self, *, reader: bool = True) -> FrontDatabase:
        """The front database with the two tables of the tests."""
        return FrontDatabase(
            self.body, self.url(reader=reader), (STAGES, PROJECTS), cursor="GXSJ", **self.options
        )

    def put(
        self,
        table: Table,
        rows: Sequence[Mapping[str, str | None]],
        at: datetime | None = None,
    ) -> None:
        """Insert rows in one transaction; their change time is the server's, or ``at``."""
        with self.owner() as cursor:
            self.insert(cursor, table, rows, at)

    def insert(
        self,
        cursor: Cursor,
        table: Table,
        rows: Sequence[Mapping[str, str | None]],
        at: datetime | None = None,
    ) -> None:
        """The same in a transaction of the test's own."""
        given: list[dict[str, Any]] = [
            {code: text for code, text in row.items() if code != "LSH"} for row in rows
        ]
        for row in given:
            if at is not None:
                row["GXSJ"] = at
        columns = ", ".join(self.q(code) for code in given[0])
        places = ", ".join(["%s"] * len(given[0]))
        cursor.executemany(
            f"INSERT INTO {self.q(table.code)} ({columns}) VALUES ({places})",
            [tuple(row.values()) for row in given],
        )

    def run(self, statement: str) -> list[Any]:
        """A statement of the owner's; ``{}`` is the projects' table."""
        with self.owner() as cursor:
            cursor.execute(statement.format(self.q(PROJECTS.code)))
            return list(cursor.fetchall()) if statement.startswith("SELECT") else []

    def drop_column(self, table: Table, column: str) -> None:
        """Drop the column."""
        with self.owner() as cursor:
            cursor.execute(f"ALTER TABLE {self.q(table.code)} DROP COLUMN {self.q(column)}")

    @abstractmethod
    def allow_null_change_time(self) -> None:
        """The column of the change time may be empty, as in tables not made by our DDL."""

    def now(self) -> datetime:
        """The wall time of the server in the zone of the records."""
        return self.source().clock().replace(tzinfo=None, microsecond=0)

    def q(self, name: str) -> str:
        """The name quoted."""
        return f"{self.quote}{name}{self.quote}"


class FrontSuite(SourceSuite):
    """Late commits, equal times, clocks, dirt, rights and lost connections."""

    def test_late_commits_are_not_lost(self, world: FrontWorld) -> None:
        """Rows whose transaction commits after later rows were read still come, once."""
        taker = Taker(world)
        with world.owner() as held:
            world.insert(held, PROJECTS, [project(1)], world.now())
            for number in range(2, 6):
                time.sleep(0.25)
                world.put(PROJECTS, [project(number)])
                taker.pull()
            assert "L000001" not in taker.landed()
        late = [row.values["DFSJZJ"] for row in taker.pull()]
        assert late.count("L000001") == 1
        assert sorted(taker.landed()) == [f"L{number:06}" for number in range(1, 6)]
        assert taker.pull() == []

    def test_many_writers_lose_nothing(self, world: FrontWorld) -> None:
        """Eight writers with transactions held up to a second: every committed row comes."""
        stop = time.monotonic() + 4
        written: list[str] = []

        def write(worker: int) -> None:
            number = worker * 10_000
            while time.monotonic() < stop:
                number += 1
                with world.owner() as cursor:
                    world.insert(cursor, PROJECTS, [project(number)])
                    time.sleep((number * 7 % 10) / 10)
                written.append(f"L{number:06}")

        writers = [threading.Thread(target=write, args=(worker,)) for worker in range(1, 9)]
        for writer in writers:
            writer.start()
        taker = Taker(world, page_rows=7)
        while any(writer.is_alive() for writer in writers):
            taker.sweep()
            time.sleep(0.1)
        taker.sweep()
        assert len(written) > 16
        assert sorted(taker.landed()) == sorted(written)

    def test_quiet_tables_are_not_read(self, world: FrontWorld) -> None:
        """What came, was stamped anew or was committed late stirs its table, and nothing else."""
        taker = Taker(world)
        tables = [STAGES, PROJECTS]

        def stirred() -> list[str]:
            """What the source names; all of it is then read."""
            named = taker.source.stirred(tables, {PROJECTS.code: taker.mark, STAGES.code: None})
            for table in named:
                if table is PROJECTS:
                    taker.pull()
                else:
                    deque(taker.source.pages(table, None))
            return [table.code for table in named]

        then = world.now() - timedelta(seconds=10)
        world.put(PROJECTS, [project(n) for n in range(5)], then)
        assert stirred() == [PROJECTS.code]
        stirred()
        assert stirred() == []
        with world.owner() as held:
            world.insert(held, PROJECTS, [project(7)], then - timedelta(seconds=5))
            assert stirred() == []
        assert stirred() == [PROJECTS.code]
        assert stirred() == []
        with world.owner() as cursor:
            cursor.execute(
                f"UPDATE {world.q(PROJECTS.code)} SET {world.q('GXSJ')} = %s"
                f" WHERE {world.q('DFSJZJ')} = 'L000003'",
                [then - timedelta(seconds=1)],
            )
        assert stirred() == [PROJECTS.code]
        assert [row.values["DFSJZJ"] for row in taker.rows].count("L000003") == 2

    def test_another_process_does_not_read_what_is_at_rest(self, world: FrontWorld) -> None:
        """Empty tables and those whose overlap was looked through are asked about, not read."""
        world.allow_null_change_time()
        world.options["overlap"] = 1
        world.put(PROJECTS, [project(1)], world.now() - timedelta(seconds=20))
        taker = Taker(world)
        taker.pull()
        time.sleep(1.1)
        assert taker.pull() == []  # nothing can arrive in the overlap any more: kept in the mark
        taker.again()
        assert taker.source.stirred([STAGES, PROJECTS], {PROJECTS.code: taker.mark}) == []
        world.put(PROJECTS, [project(2)], world.now())
        assert taker.sweep()
        taker.pull()
        time.sleep(1.1)
        taker.pull()
        taker.again()
        world.put(PROJECTS, [project(3)], world.now())
        world.run('UPDATE {} SET "GXSJ" = NULL WHERE "DFSJZJ" = \'L000003\'')
        assert taker.sweep()
        assert taker.landed() == ["L000001", "L000002", "L000003"]

    def test_a_row_from_the_future_hides_nothing(self, world: FrontWorld) -> None:
        """While a row is stamped hours ahead, what is written meanwhile is read all the same."""
        world.options["overlap"] = 1
        world.put(PROJECTS, [project(1)], world.now() + timedelta(hours=2))
        taker = Taker(world)
        taker.pull()
        time.sleep(1.1)
        taker.pull()
        world.put(PROJECTS, [project(2)], world.now())
        assert [row.values["DFSJZJ"] for row in taker.sweep()] == ["L000002"]

    def test_a_failed_pull_does_not_count(self, world: FrontWorld) -> None:
        """Rows found by a look but not landed are found again, however late the next pull is."""
        world.options["overlap"] = 1
        then = world.now()
        world.put(PROJECTS, [project(1)], then)
        taker = Taker(world)
        taker.pull()
        time.sleep(1.5)
        world.put(PROJECTS, [project(2)], then)
        pages = taker.source.pages(PROJECTS, taker.mark)
        next(pages)
        pages.close()  # type: ignore[attr-defined]  # a generator
        taker.pull()
        assert taker.landed() == ["L000001", "L000002"]

    def test_thousands_at_one_moment(self, world: FrontWorld) -> None:
        """Five thousand rows with one change time come completely through small pages."""
        at = world.now()
        world.put(PROJECTS, [project(number) for number in range(5000)], at)
        taker = Taker(world, page_rows=333)
        for _ in range(8):
            taker.pull(pages=2)
            taker.again()
        taker.pull()
        assert len(taker.landed()) == 5000
        assert taker.pull() == []
        world.put(PROJECTS, [project(5000)], at)
        taker.pull()
        assert len(taker.landed()) == 5001

    def test_order_inside_a_moment(self, world: FrontWorld) -> None:
        """Of one moment the invalidating row comes before the valid one, then by serial number."""
        at = world.now()
        marks = ["1", "0", None, "1", "0"]
        world.put(PROJECTS, [project(n, SJYXBS=mark) for n, mark in enumerate(marks)], at)
        came = [row.values["SJYXBS"] for row in Taker(world, page_rows=2).pull()]
        assert came == [None, "0", "0", "1", "1"]

    def test_clocks_that_differ(self, world: FrontWorld) -> None:
        """Rows stamped by a clock some seconds slow or an hour fast come as well, each once."""
        taker = Taker(world)
        now = world.now()
        world.put(PROJECTS, [project(1)], now)
        world.put(PROJECTS, [project(2)], now + timedelta(hours=1))
        taker.pull()
        world.put(PROJECTS, [project(3)], now - timedelta(seconds=3))
        world.put(PROJECTS, [project(4)], now + timedelta(seconds=1))
        world.put(PROJECTS, [project(5)], now + timedelta(hours=1, seconds=5))
        taker.pull()
        assert sorted(taker.landed()) == [f"L{number:06}" for number in range(1, 6)]
        assert taker.pull() == []
        ahead = next(row for row in taker.rows if row.values["DFSJZJ"] == "L000002")
        assert ahead.changed_at == (now + timedelta(hours=1)).replace(
            tzinfo=world.source().clock().tzinfo
        )

    def test_a_row_changed_in_place_comes_again(self, world: FrontWorld) -> None:
        """An UPDATE inside the same second brings the row again; its neighbours may come along."""
        at = world.now()
        world.put(PROJECTS, [project(1)], at)
        world.put(PROJECTS, [project(2)], at - timedelta(seconds=2))
        taker = Taker(world)
        taker.pull()
        world.run("UPDATE {} SET \"XMMC\" = 'new' WHERE \"DFSJZJ\" = 'L000001'")
        assert [row.values["XMMC"] for row in taker.pull()] == ["new"]
        assert taker.pull() == []

    def test_rows_without_change_time_come(self, world: FrontWorld) -> None:
        """A NULL change time hides no row."""
        world.allow_null_change_time()
        world.put(PROJECTS, [project(1), project(2)])
        world.run('UPDATE {} SET "GXSJ" = NULL WHERE "DFSJZJ" = \'L000001\'')
        taker = Taker(world)
        assert {row.values["DFSJZJ"]: row.changed_at for row in taker.pull()}["L000001"] is None
        assert taker.landed() == ["L000002", "L000001"]
        taker.again()
        assert taker.pull() == []

    def test_a_column_dropped_while_reading(self, world: FrontWorld) -> None:
        """A column that vanishes between two pulls is named, and taken up again when it is back."""
        taker = Taker(world)
        world.put(PROJECTS, [project(1)])
        taker.pull()
        world.drop_column(PROJECTS, "XMMC")
        world.put(PROJECTS, [{k: v for k, v in project(2).items() if k != "XMMC"}])
        for _ in range(2):
            with pytest.raises(RefusedError, match="XMMC"):
                taker.pull()
        world.run('ALTER TABLE {} ADD COLUMN "XMMC" varchar(200)')
        taker.pull()
        assert taker.landed() == ["L000001", "L000002"]

    def test_missing_table_and_extra_column_are_warnings(self, world: FrontWorld) -> None:
        """The check names the table that is missing and the column that the standard lacks."""
        world.run('ALTER TABLE {} ADD COLUMN "LOCAL_NOTE" varchar(20)')
        with world.owner() as cursor:
            cursor.execute(f"DROP TABLE {world.q(STAGES.code)}")
        warnings = world.source().check()
        assert any(STAGES.code in line and "没有此表" in line for line in warnings)
        assert any(PROJECTS.code in line and "LOCAL_NOTE" in line for line in warnings)
        world.put(PROJECTS, [project(1)])
        assert len(Taker(world).pull()) == 1

    def test_what_is_built_alike_is_worked_out_once(self, world: FrontWorld) -> None:
        """Two sources share the readers of one build; a change of the build is seen by the next."""

        def layout() -> Layout:
            source = world.source()
            try:
                source.check()
                return source.layout(PROJECTS)
            finally:
                source.close()

        first = layout()
        assert layout() is first
        world.run(f"ALTER TABLE {{}} ADD COLUMN {world.q('LOCAL_NOTE')} varchar(20)")
        assert layout().extra == (*first.extra, "LOCAL_NOTE")
        world.run(f"ALTER TABLE {{}} DROP COLUMN {world.q('LOCAL_NOTE')}")
        assert layout().extra == first.extra

    def test_connection_lost_while_reading(self, world: FrontWorld) -> None:
        """A connection cut in the middle is TryLaterError; what was landed stays, nothing twice."""
        world.put(PROJECTS, [project(number) for number in range(3000)], world.now())
        taker = Taker(world, page_rows=10)
        pages = taker.source.pages(PROJECTS, None, page_rows=10)
        taker.land(next(pages))
        world.cut()
        with pytest.raises(TryLaterError) as caught:
            deque(map(taker.land, pages))
        assert caught.value.table == PROJECTS.code
        taker.page_rows = 500
        taker.pull()
        assert len(taker.rows) == 3000
        assert len(taker.landed()) == 3000

    def test_an_account_that_can_write_is_refused(self, world: FrontWorld) -> None:
        """An account with more than SELECT is refused at the check, naming the right."""
        with pytest.raises(AccountCanWriteError, match=r"INSERT|ALL"):
            world.source(reader=False).check()

    def test_the_session_cannot_write(self, world: FrontWorld) -> None:
        """Even an account with all rights gets a read-only session from us."""
        source = world.source(reader=False)
        with (
            source._engine.connect() as connection,
            pytest.raises(Exception, match=r"(?i)read.only"),
        ):
            connection.exec_driver_sql(f"DELETE FROM {world.q(STAGES.code)}")
        source.close()

    def test_wrong_password_is_for_a_person(self, world: FrontWorld) -> None:
        """A refused login stops; the message holds no password."""
        url = world.url().replace(":reader-secret@", ":wrong-secret@")
        source = FrontDatabase(world.body, url, (PROJECTS,), cursor="GXSJ")
        with pytest.raises(StopError) as caught:
            list(source.pages(PROJECTS, None))
        assert "secret" not in str(caught.value)

    def test_megabyte_cells_are_cut_and_said(self, world: FrontWorld) -> None:
        """A cell of ten megabytes is not taken whole: a defect says so, other rows come as ever."""
        world.put(PROJECTS, [project(1, XMMC="长" * 3_000_000)])
        world.put(PROJECTS, [project(2)])
        first, second = Taker(world).pull()
        assert [defect.code for defect in first.defects] == ["cell_too_long"]
        assert len(first.values["XMMC"] or "") < 2000
        assert second.defects == ()
