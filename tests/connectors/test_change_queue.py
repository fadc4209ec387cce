"""The claimed queue on real servers: triggers fill it, any number of readers empty it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.dialects import oracle

from connectors.base import StopError
from connectors.change_queue import ChangeQueue
from connectors.queue_ddl import QUEUE, queue_statements, trigger_statements
from tests.connectors.changes_suite import ChangesSuite, read_whole
from tests.connectors.front_suite import FrontWorld
from tests.connectors.queue_world import MariaQueueWorld, PostgresQueueWorld
from tests.connectors.source_suite import PROJECTS, project


class QueueSuite(ChangesSuite):
    """What only a queue that is claimed promises."""

    def test_readers_share_and_never_double(self, world: FrontWorld) -> None:
        """Two readers at once get different lines; what one lets go the other gets."""
        first, second = read_whole(world), read_whole(world)
        world.put(PROJECTS, [project(n) for n in range(10)])
        pages = [
            next(iter(taker.source.pages(PROJECTS, taker.mark, page_rows=6)))
            for taker in (first, second)
        ]
        taken = [[row.values["DFSJZJ"] for row in page.rows] for page in pages]
        assert [len(part) for part in taken] == [6, 4]
        assert len({*taken[0], *taken[1]}) == 10
        second.source.done(pages[1])
        first.source.close()
        assert len(second.pull()) == 6

    def test_a_late_commit_under_a_smaller_number(self, world: FrontWorld) -> None:
        """A line with a smaller number, committed after greater ones were read, comes."""
        taker = read_whole(world)
        with world.owner() as held:
            world.insert(held, PROJECTS, [project(1)])
            world.put(PROJECTS, [project(2)])
            assert [row.values["DFSJZJ"] for row in taker.pull()] == ["L000002"]
        assert [row.values["DFSJZJ"] for row in taker.pull()] == ["L000001"]

    def test_a_queue_that_is_missing_is_said(self, world: FrontWorld) -> None:
        """Without the queue the check stops and names the command that prints it."""
        with world.owner() as cursor:
            cursor.execute(f"DROP TABLE {world.q(QUEUE)}")
        with pytest.raises(StopError, match="queue-ddl"):
            world.source().check()


@pytest.mark.database
class TestPostgreSQL(QueueSuite):
    """PostgreSQL."""

    @pytest.fixture
    def world(self, postgres: object) -> Iterator[FrontWorld]:
        """A county with a queue."""
        world = PostgresQueueWorld(postgres)  # type: ignore[arg-type]
        world.set_up()
        yield world
        world.postgres.drop_database(world.name)


@pytest.mark.mariadb
class TestMariaDB(QueueSuite):
    """MariaDB."""

    @pytest.fixture
    def world(self, mariadb_server: object) -> FrontWorld:
        """A county with a queue."""
        world = MariaQueueWorld(mariadb_server)  # type: ignore[arg-type]
        world.set_up()
        return world


def test_other_products_lock_line_by_line() -> None:
    """Oracle takes no limit beside a lock: its statement has none and skips what is locked."""
    queue = ChangeQueue("420602", "oracle://a:b@127.0.0.1/?service_name=x", schema=None)
    statement = queue.statement(PROJECTS, 10)
    text = str(statement.compile(dialect=oracle.dialect()))  # type: ignore[no-untyped-call]
    assert "FOR UPDATE SKIP LOCKED" in text
    assert "FETCH" not in text
    assert "ROWNUM" not in text
    queue.close()


@pytest.mark.parametrize("dialect", ["oracle", "dameng", "kingbase"])
def test_other_products_have_their_triggers(dialect: str) -> None:
    """Table and trigger in the words of products without a server here."""
    made = "\n".join(
        [*queue_statements(dialect), *trigger_statements(PROJECTS, dialect, unique=("A", "B"))]  # type: ignore[arg-type]
    )
    row = "NEW" if dialect == "kingbase" else ":NEW"
    assert f'{row}."A"' in made
    assert "CHR(31)" in made
    assert ("INSERTING" in made) == (dialect != "kingbase")
