"""A binary log on a real MariaDB: gone on with from our marks, read whole again when it is lost."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import pytest
from sqlalchemy import make_url

from connectors.base import RefusedError, StopError
from connectors.front_changes import FedDatabase
from connectors.log_binlog import BinaryLog
from simulators.mariadb import MariaDB
from tests.connectors.changes_suite import ChangesSuite, pages, read_whole, stirred
from tests.connectors.conftest import MariaWorld
from tests.connectors.front_suite import FrontWorld
from tests.connectors.ports import free_port
from tests.connectors.source_suite import PROJECTS, STAGES, project, stage

LOGGING = ("--log-bin=front", "--binlog-format=ROW", "--server-id=7", "--sync-binlog=0")


class BinlogWorld(MariaWorld):
    """A county on MariaDB that lets its log be followed."""

    def set_up(self) -> None:
        """What its administrator does."""
        who = f"'log_{self.name}'@'localhost'"
        with self.owner() as cursor:
            cursor.execute(f"CREATE USER {who} IDENTIFIED BY 'log-secret'")
            cursor.execute(f"GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO {who}")
            cursor.execute(f"GRANT SELECT ON {self.name}.* TO {who}")

    def source(self, *, reader: bool = True) -> FedDatabase:
        """Told by the log."""
        address = make_url(self.url(reader=reader)).set(
            username=f"log_{self.name}", password="log-secret"
        )
        log = BinaryLog(
            self.body, address.render_as_string(hide_password=False), (STAGES, PROJECTS),
            unique=self.options.get("unique"),
        )  # fmt: skip
        return FedDatabase(
            log, self.body, self.url(), (STAGES, PROJECTS), cursor="GXSJ", **self.options
        )

    def administer(self, statement: str) -> None:
        """Something that only the server's administrator may do."""
        with self.owner() as cursor:
            cursor.execute(statement)

    def begin_a_new_file(self) -> None:
        """What is logged from now on stands in another file."""
        self.administer("FLUSH BINARY LOGS")

    def purge(self) -> None:
        """All files but the newest are thrown away, once the server needs them no more itself."""
        with self.owner() as cursor:
            cursor.execute("SHOW MASTER STATUS")
            (newest, *_) = cursor.fetchall()[0]
            for _ in range(1000):
                cursor.execute(f"PURGE BINARY LOGS TO '{newest}'")
                cursor.execute("SHOW BINARY LOGS")
                if cursor.fetchall()[0][0] == newest:
                    return
                cursor.execute("DO SLEEP(0.01)")
        raise AssertionError("the server keeps its old logs")


@pytest.fixture(scope="module")
def logging_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDB]:
    """A server that writes a log of rows."""
    server = MariaDB(tmp_path_factory.mktemp("binlog"), free_port(), *LOGGING)
    with warnings.catch_warnings():
        # The server outlives the object that started it; it is stopped by its process id.
        warnings.simplefilter("ignore", ResourceWarning)
        server.start()
    yield server
    server.stop()


@pytest.mark.mariadb
class TestMariaDB(ChangesSuite):
    """MariaDB by its own log of rows."""

    @pytest.fixture
    def world(self, logging_server: MariaDB) -> FrontWorld:
        """A county with an account that may follow the log."""
        world = BinlogWorld(logging_server)
        world.set_up()
        return world

    def test_goes_on_from_the_mark_in_another_process(self, world: BinlogWorld) -> None:
        """What was written while nobody read comes, once, with nothing read whole again."""
        taker = read_whole(world)
        assert taker.source.check() == []
        world.put(PROJECTS, [project(1)])
        assert len(taker.pull()) == 1
        taker.source.close()
        world.put(PROJECTS, [project(2)])
        taker.again()
        assert stirred(taker) == [PROJECTS]
        assert [row.values["DFSJZJ"] for row in taker.pull()] == ["L000002"]
        assert taker.pull() == []

    def test_a_transaction_larger_than_a_page_resumes_inside(self, world: BinlogWorld) -> None:
        """Stopped inside a large transaction, the next reader misses none of it."""
        taker = read_whole(world)
        taker.page_rows = 3
        world.put(PROJECTS, [project(n) for n in range(8)])
        assert len(taker.pull(pages=1)) == 3
        taker.again()
        taker.pull()
        assert len(taker.landed()) == 8
        assert taker.pull() == []

    def test_purged_log_is_said_and_the_table_read_whole(self, world: BinlogWorld) -> None:
        """The log went before it was read: every table is read again, and it is said why, once."""
        world.put(STAGES, [stage(1)])
        world.put(PROJECTS, [project(n) for n in range(3)])
        taker = read_whole(world)
        taker.source.close()
        world.put(PROJECTS, [project(7)])
        world.begin_a_new_file()
        world.purge()
        taker.again()
        assert PROJECTS in stirred(taker)
        with pytest.raises(RefusedError, match="接不上"):
            taker.pull()
        assert len(taker.landed()) == 4
        assert [(page.mark or {})["fed"] for page in pages(taker, STAGES)] == [False, True]
        world.put(PROJECTS, [project(8)])
        assert [row.values["DFSJZJ"] for row in taker.pull()] == ["L000008"]

    def test_another_server_or_a_reset_log_is_said(self, world: BinlogWorld) -> None:
        """A mark of another server and a log that begins anew are not gone on with."""
        taker = read_whole(world)
        assert taker.mark is not None
        taker.mark["log"]["server"] = "elsewhere/1"
        with pytest.raises(RefusedError, match="elsewhere/1"):
            taker.pull()
        world.put(PROJECTS, [project(1)])
        assert len(taker.pull()) == 1
        taker.mark["log"]["file"] = "front.000999"
        taker.again()
        assert PROJECTS in stirred(taker)
        with pytest.raises(RefusedError, match="重置"):
            taker.pull()
        assert taker.pull() == []

    def test_a_log_that_was_reset_to_the_place_we_knew_is_said(self, world: BinlogWorld) -> None:
        """A log reset twice ends at the very place of our mark: what was written between comes."""
        world.administer("RESET MASTER")
        taker = read_whole(world)
        assert taker.mark is not None
        taker.source.close()
        world.put(PROJECTS, [project(1)])
        world.administer("DO SLEEP(1)")  # files are told apart by the second
        world.administer("RESET MASTER")
        taker.again()
        assert PROJECTS in stirred(taker)
        with pytest.raises(RefusedError, match="重置"):
            taker.pull()
        assert len(taker.landed()) == 1
        assert taker.pull() == []

    def test_a_mark_that_does_not_say_when_its_file_was_begun_is_moved(
        self, world: BinlogWorld
    ) -> None:
        """A mark of an earlier version of this program learns it, though nothing stirs."""
        taker = read_whole(world)
        assert taker.mark is not None
        born = taker.mark["log"].pop("born")
        taker.again()
        assert stirred(taker) == [PROJECTS]
        pages(taker)
        assert taker.mark["log"]["born"] == born
        assert stirred(taker) == []

    def test_quiet_tables_move_on_with_the_files(self, world: BinlogWorld) -> None:
        """A table without changes gets a mark in the newest file, so that no purge strands it."""
        taker = read_whole(world)
        world.put(PROJECTS, [project(1)])
        taker.pull()
        world.begin_a_new_file()
        assert stirred(taker) == [STAGES, PROJECTS]
        (page,) = pages(taker, STAGES)
        assert page.rows == ()
        pages(taker)
        world.purge()
        taker.again()
        stirred(taker)
        pages(taker, STAGES)
        assert taker.pull() == []

    def test_an_account_without_the_right_is_said(self, world: BinlogWorld) -> None:
        """Without the right to follow the log the check stops and says so."""
        world.administer(f"REVOKE BINLOG MONITOR ON *.* FROM 'log_{world.name}'@'localhost'")
        with pytest.raises(StopError, match="binlog 账号被拒绝"):
            world.source().check()
