"""A logical slot on a real server: nothing is passed before it is landed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import make_url

from connectors.base import StopError
from connectors.front_changes import FedDatabase
from connectors.log_slot import LogSlot
from exchange.store.embedded import Cluster
from tests.connectors.changes_suite import ChangesSuite, read_whole
from tests.connectors.conftest import PostgresWorld
from tests.connectors.front_suite import FrontWorld
from tests.connectors.source_suite import PROJECTS, STAGES, project
from tests.stores import THROW_AWAY, Postgres


class SlotWorld(PostgresWorld):
    """A county on PostgreSQL that lets its log be read."""

    def set_up(self) -> None:
        """What its administrator does."""
        with self.owner() as cursor:
            cursor.execute("CREATE PUBLICATION spgl FOR ALL TABLES")
            cursor.execute(f"CREATE ROLE slot_{self.name} LOGIN REPLICATION PASSWORD 'slot-secret'")
        self.make_slot()

    def make_slot(self) -> None:
        """A slot has a name in the whole server."""
        with self.owner() as cursor:
            cursor.execute(
                "SELECT pg_create_logical_replication_slot(%s, 'pgoutput')", [f"slot_{self.name}"]
            )

    def drop_slot(self) -> None:
        """It would keep the log for ever."""
        with self.owner() as cursor:
            cursor.execute("SELECT pg_drop_replication_slot(%s)", [f"slot_{self.name}"])

    def source(self, *, reader: bool = True) -> FedDatabase:
        """Told by the slot."""
        address = make_url(self.url(reader=reader)).set(
            username=f"slot_{self.name}", password="slot-secret"
        )
        slot = LogSlot(
            self.body, address.render_as_string(hide_password=False), (STAGES, PROJECTS),
            unique=self.options.get("unique"), slot=f"slot_{self.name}",
        )  # fmt: skip
        return FedDatabase(
            slot, self.body, self.url(), (STAGES, PROJECTS), cursor="GXSJ", **self.options
        )

    def kept_from(self) -> str:
        """From where on the server keeps its log for us."""
        with self.owner() as cursor:
            cursor.execute(
                "SELECT confirmed_flush_lsn::text FROM pg_replication_slots WHERE slot_name = %s",
                [f"slot_{self.name}"],
            )
            return str(cursor.fetchall()[0][0])


@pytest.fixture(scope="module")
def logging_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A server that writes a log which can be read, up to what has been flushed."""
    options = THROW_AWAY | {"wal_level": "logical", "synchronous_commit": "on"}
    cluster = Cluster(tmp_path_factory.mktemp("logical") / "s", options=options)
    cluster.start()
    yield Postgres(cluster)
    cluster.stop()


@pytest.mark.database
class TestPostgreSQL(ChangesSuite):
    """PostgreSQL by its own output plugin."""

    @pytest.fixture
    def world(self, logging_server: Postgres) -> Iterator[FrontWorld]:
        """A county with a slot."""
        world = SlotWorld(logging_server)
        dsn = world.dsn
        world.set_up()
        yield world
        world.dsn = dsn
        world.drop_slot()
        logging_server.drop_database(world.name)

    def test_the_log_is_passed_when_all_is_landed(self, world: SlotWorld) -> None:
        """While one table's rows are not landed the server keeps the log; then it lets it go."""
        taker = read_whole(world)
        taker.source.stirred([STAGES, PROJECTS], {})
        before = world.kept_from()
        world.put(PROJECTS, [project(1)])
        (page,) = list(taker.source.pages(PROJECTS, taker.mark))
        assert world.kept_from() == before
        taker.source.done(page)
        assert world.kept_from() != before

    def test_two_readers_of_one_slot(self, world: SlotWorld) -> None:
        """Both get everything, the slower one does no harm: what lands twice is one version."""
        first, second = read_whole(world), read_whole(world)
        world.put(PROJECTS, [project(n) for n in range(5)])
        assert len(first.pull()) == 5
        world.put(PROJECTS, [project(7)])
        assert "L000007" in [row.values["DFSJZJ"] for row in second.pull()]
        assert first.pull() in ([], [second.rows[-1]])

    def test_a_slot_that_is_missing_is_said(self, world: SlotWorld) -> None:
        """Without its slot the check stops and names it."""
        world.drop_slot()
        with pytest.raises(StopError, match="slot_front"):
            world.source().check()
        world.make_slot()
