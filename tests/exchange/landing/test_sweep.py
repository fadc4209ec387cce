"""The sweep: what the pull missed lands, what vanished is named, nothing is done twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.front_database import FrontDatabase
from connectors.key_ranges import KeyDigest, KeyRange, RangeSum
from exchange.landing import sweep as sweeping
from exchange.landing.land import Feed
from exchange.landing.pull import pull
from exchange.landing.sweep import Swept, sweep
from exchange.ledger.balance import balance
from exchange.store.connection import Store
from exchange.store.queries import load
from schemas import Table
from tests.connectors import conftest as fronts
from tests.connectors.front_suite import FrontWorld
from tests.connectors.source_suite import PROJECTS, STAGES, STANDARD, project
from tests.stores import ExchangeStore

mariadb_server = fronts.mariadb_server
postgres_world = fronts.postgres_world
maria_world = fronts.maria_world

Q = load("sweeping")
BODY = "420602"
FEEDS = [Feed(BODY, STANDARD, PROJECTS), Feed(BODY, STANDARD, STAGES)]


class Exchange:
    """One body's pull and sweep; the pull looks back a second, so that it can be made to miss."""

    def __init__(self, store: Store, world: FrontWorld) -> None:
        self.store = store
        self.world = world
        world.options["overlap"] = 1
        self.source: FrontDatabase = world.source()

    def pull(self) -> int:
        """One pull; the number of new versions."""
        pulled = pull(self.store, self.source, FEEDS, clock=lambda: datetime.now(UTC))
        assert pulled.errors == {}
        return pulled.new

    def sweep(self, **given: Any) -> Swept:
        """Compare everything, as a night does."""
        options: dict[str, Any] = {
            "now": datetime.now(UTC),
            "older_than": timedelta(0),
            "until": lambda: False,
        }
        return sweep(self.store, self.source, FEEDS, **options | given)

    def begin(self, count: int) -> None:
        """So many old rows and a fresh one, pulled and compared."""
        old = self.world.now() - timedelta(hours=1)
        self.world.put(PROJECTS, [project(n) for n in range(count - 1)], old)
        self.world.put(PROJECTS, [project(900)])
        assert self.pull() == count
        assert self.sweep().missed == 0

    def put_behind(self, number: int, **changes: str | None) -> None:
        """A row stamped so long ago that the pull does not look there any more."""
        past = self.world.now() - timedelta(hours=2)
        self.world.put(PROJECTS, [project(number, **changes)], past)

    def edit(self, assignment: str, number: int) -> None:
        """Change a row in place and leave its change time as it was."""
        self.world.run(
            f"UPDATE {{}} SET {assignment}, {self.world.q('GXSJ')} = {self.world.q('GXSJ')}"
            f" WHERE {self.world.q('DFSJZJ')} = 'L{number:06}'"
        )

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """What the store answers."""
        with self.store.transaction() as conn:
            return [tuple(row.values()) for row in conn.execute(statement.encode())]

    def open_differences(self) -> list[tuple[Any, ...]]:
        """Kind, owner and record of every difference that stands."""
        return self.ask(
            "select kind, owner, record_key from difference where resolved_at is null order by id"
        )


class SweepSuite:
    """What the sweep promises, on one product."""

    @pytest.fixture
    def exchange(self, exchange_store: ExchangeStore, world: FrontWorld) -> Iterator[Exchange]:
        """A store with one body, and its front database."""
        store = Store(exchange_store.app_dsn, by="test")
        with store.transaction() as conn:
            conn.execute("insert into body values (%s, '襄城区', '{420602}', 'x')", (BODY,))
        made = Exchange(store, world)
        yield made
        made.source.close()
        store.close()

    def test_what_the_pull_missed_lands(self, exchange: Exchange) -> None:
        """Rows stamped in the past land by the sweep and are counted; a second sweep is silent."""
        exchange.begin(20)
        for number in (50, 51, 52):
            exchange.put_behind(number)
        assert exchange.pull() == 0, "the pull cannot see them"
        second = exchange.sweep()
        assert (second.missed, second.differing, second.vanished) == (3, 3, 0)
        third = exchange.sweep()
        assert (third.missed, third.differing, third.compared) == (0, 0, 23)
        assert exchange.ask("select origin, sum(rows_new) from batch group by 1 order by 1") == [
            ("front_database", 20), ("sweep", 3),
        ]  # fmt: skip
        assert exchange.ask("select sum(missed), sum(ranges) > 0 from sweep_day") == [(3, True)]
        with exchange.store.transaction() as conn:
            assert balance(conn, full=True).unaccounted == 0
            given = {"bodies": [BODY], "since": datetime(2026, 1, 1, tzinfo=UTC)}
            (day,) = [row for row in conn.execute(Q["misses"], given) if row["missed"]]
            (alarm,) = conn.execute(Q["missed_lately"], given).fetchall()
        assert (day["pulled"], day["missed"], day["miss_rate"]) == (20, 3, round(3 / 23, 6))
        assert (alarm["missed"], alarm["tables"]) == (3, PROJECTS.code)
        assert alarm["miss_rate"] == pytest.approx(3 / 23)

    def test_edits_in_place_are_found(self, exchange: Exchange) -> None:
        """A row changed in place with its change time unchanged becomes a new version."""
        exchange.begin(5)
        exchange.edit(f"{exchange.world.q('XMMC')} = '改名'", 3)
        assert exchange.pull() == 0
        found = exchange.sweep()
        assert (found.differing, found.missed, found.vanished) == (1, 1, 0)
        names = exchange.ask("select raw->>'XMMC' from version order by id desc limit 1")
        assert names == [("改名",)]
        assert exchange.open_differences() == []

    def test_what_vanished_is_named_and_never_withdrawn(self, exchange: Exchange) -> None:
        """A row deleted at the source is a difference of the county's until it is there again."""
        exchange.begin(5)
        where = f"{exchange.world.q('DFSJZJ')} = 'L000002'"
        exchange.world.run(f"DELETE FROM {{}} WHERE {where}")
        assert exchange.sweep().vanished == 1
        assert exchange.sweep().vanished == 0, "said once"
        ((kind, owner, _),) = exchange.open_differences()
        assert (kind, owner) == ("vanished", "county")
        assert exchange.ask("select count(*) from version where state <> 'landed'") == [(0,)]
        exchange.put_behind(2)
        exchange.sweep()
        assert exchange.open_differences() == []
        assert exchange.ask("select resolution from difference") == [("returned",)]

    def test_a_table_loaded_anew_has_not_vanished(self, exchange: Exchange) -> None:
        """The same records under new serial numbers are no difference at all."""
        exchange.begin(5)
        exchange.world.run("DELETE FROM {}")
        for number in (0, 1, 2, 3, 900):
            exchange.put_behind(number)
        found = exchange.sweep()
        assert (found.differing, found.missed, found.vanished) == (10, 0, 0)
        assert exchange.open_differences() == []

    def test_rows_under_way_are_left_to_the_pull(self, exchange: Exchange) -> None:
        """A row that the pull will still bring is neither landed nor counted as missed."""
        exchange.begin(3)
        exchange.world.put(PROJECTS, [project(2)])
        found = exchange.sweep()
        assert (found.missed, found.waiting) == (0, 1)
        assert exchange.pull() == 1
        assert exchange.sweep().waiting == 0

    def test_large_tables_are_cut(
        self, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Ranges are cut as they grow, each is compared by itself, and a stop loses nothing."""
        monkeypatch.setattr(sweeping, "RANGE_ROWS", 10)
        exchange.begin(95)
        now = datetime.now(UTC)
        for _ in range(12):
            exchange.sweep(now=now, until=lambda: True)
        counted = "select count(*), sum(rows), max(rows) from key_range where table_code = '{}'"
        assert exchange.ask(counted.format(PROJECTS.code)) == [(9, 95, 15)]
        exchange.put_behind(200)
        exchange.edit(f"{exchange.world.q('XMMC')} = '改名'", 44)
        found = exchange.sweep()
        assert (found.ranges, found.differing, found.missed) == (10, 2, 2)
        assert found.compared < 96 + 10

    def test_the_first_comparing_adds_up_nothing(
        self, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The rest of a table is not read whole for every range that is cut from it."""
        monkeypatch.setattr(sweeping, "RANGE_ROWS", 10)
        source, told = exchange.source, {"sums": 0, "keys": 0}
        sums, keys = source.sums, source.keys

        def counted_sums(table: Table, parts: Sequence[KeyRange]) -> list[RangeSum]:
            found = sums(table, parts)
            told["sums"] += sum(one.rows for one in found)
            return found

        def counted_keys(table: Table, part: KeyRange, *, limit: int) -> list[KeyDigest]:
            found = keys(table, part, limit=limit)
            told["keys"] += len(found)
            return found

        monkeypatch.setattr(source, "sums", counted_sums)
        monkeypatch.setattr(source, "keys", counted_keys)
        exchange.begin(200)
        assert told["sums"] == 0
        assert told["keys"] < 200 * 2.5
        exchange.sweep()
        assert told["sums"] == 200, "what is known is added up once and not listed again"
        assert told["keys"] < 200 * 2.5


@pytest.mark.database
class TestPostgreSQL(SweepSuite):
    """A county on PostgreSQL."""

    @pytest.fixture
    def world(self, postgres_world: fronts.PostgresWorld) -> FrontWorld:
        """A county on PostgreSQL."""
        return postgres_world


@pytest.mark.mariadb
@pytest.mark.database
class TestMariaDB(SweepSuite):
    """A county on MariaDB."""

    @pytest.fixture
    def world(self, maria_world: fronts.MariaWorld) -> FrontWorld:
        """A county on MariaDB."""
        return maria_world
