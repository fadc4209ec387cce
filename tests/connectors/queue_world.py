"""Counties that let changes be told by a queue, on real servers."""

from __future__ import annotations

from sqlalchemy import make_url

from connectors.change_queue import ChangeQueue
from connectors.front_changes import FedDatabase
from connectors.queue_ddl import QUEUE, queue_statements, trigger_statements
from tests.connectors.conftest import MariaWorld, PostgresWorld
from tests.connectors.front_suite import FrontWorld
from tests.connectors.source_suite import PROJECTS, STAGES


def queued(world: FrontWorld, address: str) -> FedDatabase:
    """The source that is told by the queue."""
    queue = ChangeQueue(world.body, address, schema=None)
    return FedDatabase(
        queue, world.body, world.url(), (STAGES, PROJECTS), cursor="GXSJ", **world.options
    )


class PostgresQueueWorld(PostgresWorld):
    """A county on PostgreSQL with a queue."""

    def set_up(self) -> None:
        """What its administrator does."""
        with self.owner() as cursor:
            for statement in queue_statements("postgresql"):
                cursor.execute(statement)
            for table in (STAGES, PROJECTS):
                for statement in trigger_statements(table, "postgresql"):
                    cursor.execute(statement)
            cursor.execute(f"CREATE ROLE claimer_{self.name} LOGIN PASSWORD 'claimer-secret'")
            cursor.execute(f'GRANT SELECT, UPDATE, DELETE ON "{QUEUE}" TO claimer_{self.name}')

    def source(self, *, reader: bool = True) -> FedDatabase:
        """Told by the queue."""
        address = make_url(self.url(reader=reader)).set(
            username=f"claimer_{self.name}", password="claimer-secret"
        )
        return queued(self, address.render_as_string(hide_password=False))


class MariaQueueWorld(MariaWorld):
    """A county on MariaDB with a queue."""

    def set_up(self) -> None:
        """What its administrator does."""
        who = f"'claimer_{self.name}'@'localhost'"
        with self.owner() as cursor:
            for statement in queue_statements("mysql"):
                cursor.execute(statement)
            for table in (STAGES, PROJECTS):
                for statement in trigger_statements(table, "mysql"):
                    cursor.execute(statement)
            cursor.execute(f"CREATE USER {who} IDENTIFIED BY 'claimer-secret'")
            cursor.execute(f"GRANT SELECT, UPDATE, DELETE ON {self.name}.{QUEUE} TO {who}")

    def source(self, *, reader: bool = True) -> FedDatabase:
        """Told by the queue."""
        address = make_url(self.url(reader=reader)).set(
            username=f"claimer_{self.name}", password="claimer-secret"
        )
        return queued(self, address.render_as_string(hide_password=False))
