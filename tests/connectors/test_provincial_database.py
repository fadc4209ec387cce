"""The provincial front database on real servers: the suite of all targets, and races."""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from typing import Any

import psycopg
import pymysql
import pytest
from psycopg.rows import dict_row
from sqlalchemy import make_url

from connectors import provincial_rows
from connectors.base import Outgoing, SendResult, StopError
from connectors.content import UpstreamRow
from connectors.key_ranges import RangeSum
from connectors.provincial_database import ProvincialDatabase
from schemas import Table
from schemas.ddl import statements
from simulators.mariadb import MariaDB
from tests.connectors.ports import free_port
from tests.connectors.relay import Relay
from tests.connectors.target_suite import PROJECTS, STANDARD, STEPS, Province, TargetSuite, outgoing
from tests.stores import Postgres

_numbers = count(1)


class DatabaseProvince(Province):
    """A province with the standard's typed tables; ``hang`` makes lost answers silent."""

    quote = '"'
    hang = False

    def __init__(self) -> None:
        self.name = f"province_{next(_numbers)}"
        self.relays: list[Relay] = []
        self.port: int | None = None
        self.opened: list[ProvincialDatabase] = []

    @abstractmethod
    def owner(self) -> AbstractContextManager[Any]:
        """A cursor of the province's own."""

    @abstractmethod
    def url(self, port: int | None) -> str:
        """The address for the exchange."""

    @abstractmethod
    def place(self) -> tuple[str, int]:
        """Host and port of the server."""

    def target(self, *, losing_answers: bool = False) -> ProvincialDatabase:
        """A target, through a relay when answers are to be lost."""
        port = self.port
        if losing_answers:
            self.relays.append(Relay(*self.place(), hang=self.hang))
            port = self.relays[-1].port
        target = ProvincialDatabase(self.url(port), STANDARD, statement_seconds=5)
        target._seconds = 2
        self.opened.append(target)
        return target

    def rows(self, table: Table = PROJECTS) -> list[dict[str, Any]]:
        """All rows, by serial number."""
        with self.owner() as cursor:
            cursor.execute(f"SELECT * FROM {self.q(table.code)} ORDER BY {self.q('LSH')}")
            return [dict(row) for row in cursor.fetchall()]

    def decide(self, lsh: str, status: int, reason: str | None) -> None:
        """Writes status and reason into the row."""
        with self.owner() as cursor:
            cursor.execute(
                f"UPDATE {self.q(PROJECTS.code)} SET {self.q('SJSCZT')} = %s, {self.q('SBYY')} = %s"
                f" WHERE {self.q('LSH')} = %s",
                [status, reason, int(lsh)],
            )

    def go_away(self) -> None:
        """Nothing listens where the exchange looks."""
        self.port = free_port()

    def q(self, name: str) -> str:
        """The name quoted."""
        return f"{self.quote}{name}{self.quote}"

    def close(self) -> None:
        """Ends what the test opened."""
        for target in self.opened:
            target.close()
        for relay in self.relays:
            relay.close()


class PostgresProvince(DatabaseProvince):
    """On PostgreSQL."""

    def __init__(self, postgres: Postgres) -> None:
        super().__init__()
        self.dsn = postgres.create_database(self.name)
        with self.owner() as cursor:
            for table in (PROJECTS, STEPS):
                for statement in statements(table, "postgresql"):
                    cursor.execute(statement)

    @contextmanager
    def owner(self) -> Iterator[Any]:
        """A cursor of the superuser's."""
        with psycopg.connect(self.dsn, row_factory=dict_row) as connection:
            yield connection.cursor()

    def url(self, port: int | None) -> str:
        """The address, on another port if given."""
        url = make_url(self.dsn)
        if port is not None:
            url = url.set(port=port)
        return url.render_as_string(hide_password=False)

    def place(self) -> tuple[str, int]:
        """Where the server listens."""
        url = make_url(self.dsn)
        return str(url.host), int(url.port or 5432)


class MariaProvince(DatabaseProvince):
    """On MariaDB."""

    quote = "`"

    def __init__(self, server: MariaDB) -> None:
        super().__init__()
        self.server = server
        with server.connect() as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {self.name} CHARACTER SET utf8mb4")
        with self.owner() as owned:
            for table in (PROJECTS, STEPS):
                for statement in statements(table, "mysql"):
                    owned.execute(statement)

    @contextmanager
    def owner(self) -> Iterator[Any]:
        """A cursor of root's."""
        connection = pymysql.connect(
            host="127.0.0.1",
            port=self.server.port,
            user="root",
            password=self.server.password,
            database=self.name,
            charset="utf8mb4",
            autocommit=True,
            cursorclass=pymysql.cursors.DictCursor,
        )
        with connection, connection.cursor() as cursor:
            yield cursor

    def url(self, port: int | None) -> str:
        """The address, on another port if given."""
        return (
            f"mysql://root:{self.server.password}@127.0.0.1:{port or self.server.port}/{self.name}"
        )

    def place(self) -> tuple[str, int]:
        """Where the server listens."""
        return "127.0.0.1", self.server.port


class DatabaseSuite(TargetSuite):
    """Beyond the suite of all targets: transactions and types."""

    def test_two_senders_of_the_same_rows(self, province: DatabaseProvince) -> None:
        """Two senders of the same rows at the same moment write each row once."""
        for attempt in range(4):
            rows = [outgoing(attempt * 10 + number) for number in range(5)]
            results = self._race(province, rows)
            for first, second in zip(*results, strict=True):
                outcomes = {first.outcome, second.outcome}
                assert outcomes <= {"sent", "already", "retry"}
                assert [first.outcome, second.outcome].count("sent") == 1
            assert len(province.rows()) == (attempt + 1) * 5

    @staticmethod
    def _race(province: DatabaseProvince, rows: list[Outgoing]) -> list[list[SendResult]]:
        targets = [province.target(), province.target()]
        for target in targets:
            target.ask(PROJECTS, rows[:1])
        barrier = threading.Barrier(2)
        results: list[list[SendResult]] = [[], []]

        def send(number: int) -> None:
            barrier.wait()
            results[number] = targets[number].send(PROJECTS, rows)

        senders = [threading.Thread(target=send, args=(number,)) for number in (0, 1)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        return results

    def test_equal_rows_in_one_batch(self, province: DatabaseProvince) -> None:
        """The same content twice in one batch, once on top of the other, is written twice."""
        row = outgoing(1)
        rows = [row, Outgoing(2, row.values, 1), Outgoing(3, row.values, 1)]
        results = province.target().send(PROJECTS, rows)
        assert [result.outcome for result in results] == ["sent", "sent", "already"]
        assert len(province.rows()) == 2

    def test_text_that_is_no_value_of_the_column(self, province: DatabaseProvince) -> None:
        """A date that does not exist never reaches the database: refused with field and reason."""
        rows = [outgoing(1, SBSJ="2026-02-30"), outgoing(2)]
        first, second = province.target().send(PROJECTS, rows)
        assert (first.outcome, second.outcome) == ("refused", "sent")
        assert "SBSJ" in (first.reason or "")

    def test_a_column_that_rounds(self, province: DatabaseProvince) -> None:
        """A column that would silently change a value refuses the row, naming the column."""
        table, column = province.q(PROJECTS.code), province.q("CD")
        with province.owner() as cursor:
            cursor.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
            cursor.execute(f"ALTER TABLE {table} ADD COLUMN {column} decimal(10, 0)")
        rows = [outgoing(1), outgoing(2, CD="12"), outgoing(3, CD="13.4")]
        results = province.target().send(PROJECTS, rows)
        assert [result.outcome for result in results] == ["refused", "sent", "refused"]
        assert "CD" in (results[0].reason or "")
        assert len(province.rows()) == 1

    def test_a_missing_column_stops(self, province: DatabaseProvince) -> None:
        """A province without one of our columns is for a person, named; other tables go on."""
        with province.owner() as cursor:
            cursor.execute(
                f"ALTER TABLE {province.q(PROJECTS.code)} DROP COLUMN {province.q('GCFW')}"
            )
        target = province.target()
        with pytest.raises(StopError, match="GCFW"):
            target.send(PROJECTS, [outgoing(1)])
        assert target.send(STEPS, [outgoing(1, table=STEPS)])[0].outcome == "sent"

    def test_serial_numbers_are_read_once(
        self, province: DatabaseProvince, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Those of the divisions and no others, in parts, and rows can be asked for meanwhile."""
        monkeypatch.setattr(provincial_rows, "_LISTED", 2)
        target = province.target()
        target.send(PROJECTS, [outgoing(n, XZQHDM="420602") for n in range(5)])
        target.send(PROJECTS, [outgoing(n, XZQHDM="420606") for n in range(5, 8)])
        parts: list[int] = []
        rows: dict[str, UpstreamRow] = {}
        for part in target.serials(PROJECTS, {"420602"}):
            parts.append(len(part))
            rows |= target.by_serial(PROJECTS, part)
        assert parts == [2, 2, 1]
        ours = [str(row["LSH"]) for row in province.rows() if row["XZQHDM"] == "420602"]
        assert sorted(rows) == sorted(ours)
        assert list(target.serials(PROJECTS, {"420607"})) == []

    def test_a_sum_changes_with_every_change(self, province: DatabaseProvince) -> None:
        """The digests of the rows asked for, made there: of content, status and reason."""
        target = province.target()
        results = target.send(PROJECTS, [outgoing(n) for n in range(4)])
        asked = [str(result.lsh) for result in results[:3]]
        sums = [target.sum(PROJECTS, asked)]
        province.decide(str(results[3].lsh), 2, "x")
        assert target.sum(PROJECTS, asked) == sums[0], "it was not asked for"
        province.decide(asked[0], 2, None)
        sums.append(target.sum(PROJECTS, asked))
        province.decide(asked[0], 2, "x")
        sums.append(target.sum(PROJECTS, asked))
        with province.owner() as cursor:
            cursor.execute(f"UPDATE {province.q(PROJECTS.code)} SET {province.q('CD')} = 12.75")
        sums.append(target.sum(PROJECTS, asked))
        assert [one.rows for one in sums if one is not None] == [3, 3, 3, 3]
        assert len({one.digest for one in sums if one is not None}) == 4
        assert target.sum(PROJECTS, ["0"]) == RangeSum()

    def test_a_silent_network(self, province: DatabaseProvince) -> None:
        """An answer that never comes is given up after the limit: unknown, found by asking."""
        province.hang = True
        (result,) = province.target(losing_answers=True).send(PROJECTS, [outgoing(1)])
        assert result.outcome == "unknown"
        assert province.target().ask(PROJECTS, [outgoing(1)])[0].count == 1


@pytest.mark.database
class TestPostgreSQL(DatabaseSuite):
    """PostgreSQL."""

    @pytest.fixture
    def province(self, postgres: Postgres) -> Iterator[DatabaseProvince]:
        """A province on PostgreSQL."""
        made = PostgresProvince(postgres)
        yield made
        made.close()
        postgres.drop_database(made.name)

    def test_looking_uses_the_index(self, province: PostgresProvince) -> None:
        """Among many rows neither sending nor asking reads the whole table."""
        with province.owner() as cursor:
            cursor.execute(
                f'INSERT INTO "{PROJECTS.code}" ("DFSJZJ", "XZQHDM", "GCDM", "SJYXBS", "SJSCZT")'
                " SELECT 'x' || n, '420602', 'G' || n, 1, 0 FROM generate_series(1, 20000) AS n"
            )
        with psycopg.connect(province.dsn, autocommit=True) as connection:
            connection.execute("ANALYZE")
        target = province.target()
        rows = [outgoing(n) for n in range(100)]
        target.ask(PROJECTS, rows[:1])
        before = self._scans(province)
        target.send(PROJECTS, rows)
        target.ask(PROJECTS, rows)
        target.verdicts(PROJECTS, rows)
        assert list(target.serials(PROJECTS, {"420606"})) == []
        target.close()
        assert self._scans(province) == before

    @staticmethod
    def _scans(province: PostgresProvince) -> int:
        with province.owner() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot(), pg_sleep(1.2)")
            cursor.execute(
                "SELECT seq_scan FROM pg_stat_user_tables WHERE relname = %s", [PROJECTS.code]
            )
            return int(cursor.fetchone()["seq_scan"])


@pytest.mark.mariadb
class TestMariaDB(DatabaseSuite):
    """MariaDB."""

    @pytest.fixture
    def province(self, mariadb_server: MariaDB) -> Iterator[DatabaseProvince]:
        """A province on MariaDB."""
        made = MariaProvince(mariadb_server)
        yield made
        made.close()
