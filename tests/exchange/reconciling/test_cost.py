"""What reconciling reads grows with what is compared, and not with what other bodies have.

Counted are rows and pages, as PostgreSQL tells them of the ledger and of the province's database.
Nobody has counted the rows for the planner, as in a store that was just filled or restored.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

import psycopg
import pytest
from sqlalchemy import make_url

from connectors.content import UpstreamRow
from connectors.provincial_database import ProvincialDatabase
from exchange.reconciling import upstream
from exchange.reconciling.ledger import compare_with_itself, compare_with_source, counts
from exchange.reconciling.upstream import Upstreamed, compare_with_upstream
from exchange.store.connection import Store
from exchange.store.queries import load
from schemas import Table
from schemas.ddl import statements
from tests.connectors.target_suite import PROJECTS, STANDARD, values
from tests.plans import KeptPlans
from tests.stores import ExchangeStore, Postgres

pytestmark = pytest.mark.database
OURS, OTHERS = "420602", "420606"
TABLE = PROJECTS.code
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
FEED = {"body": OURS, "standard": STANDARD.version, "table_code": TABLE}
LITTLE, TIMES = 1_500, 4
# As many more may be read as there is more to compare, and a little for deeper indexes.
LINEAR = TIMES * 1.3
A_LITTLE = 200
_NUMBERS = count(1)

LEDGER = """
insert into version (id, body, standard, table_code, table_order, record_key, revision,
                     content_hash, valid, batch_id, place, raw, state, state_reason, pulled_at)
select n, %(body)s, %(s)s, %(t)s, 1, 'K' || n, 1, sha256(n::text::bytea), true, 1, 'x', '{}',
       'confirmed', 'x', %(at)s
from generate_series(%(first)s::int, %(last)s::int) n;

insert into delivery (version_id, step, kind, standard, table_code, payload, content_hash, outcome,
                      tried, lsh, sent_at)
select n, 1, 'insert', %(s)s, %(t)s,
       (%(row)s::jsonb || jsonb_build_object('GCDM', 'G' || n, 'DFSJZJ', 'L' || n))::json,
       sha256(n::text::bytea), 'confirmed', true, n, %(at)s
from generate_series(%(first)s::int, %(last)s::int) n;

insert into delivery (version_id, step, kind, standard, table_code, payload, content_hash, tried)
select n, 2, 'invalidate', %(s)s, %(t)s, '{}', sha256(n::text::bytea), false
from generate_series(%(first)s::int, %(last)s::int) n;

with made as (
    insert into key_range (body, standard, table_code, after_key, compared_at)
    select %(body)s, %(s)s, %(t)s, to_jsonb(n), %(now)s
    from generate_series(%(first)s::int, %(last)s::int, 100) n
    returning id, (after_key #>> '{}')::int as first
)
insert into source_row (range_id, row_key, digest, record_key, content_hash)
select made.id, n, n, 'K' || n, sha256(n::text::bytea)
from made, generate_series(made.first, least(made.first + 99, %(last)s::int)) n
"""
ABOVE = """
insert into "{0}" overriding system value
select (jsonb_populate_record(null::"{0}", %(row)s::jsonb || jsonb_build_object(
    'LSH', n, 'GCDM', 'G' || n, 'DFSJZJ', 'L' || n, 'SJSCZT', 3))).*
from generate_series(%(first)s::int, %(last)s::int) n
"""
READ = """
select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::bigint from pg_stat_user_tables
"""


@dataclass
class Scene:
    """A ledger and the province's database, with the records of two bodies in both."""

    postgres: Postgres
    store: ExchangeStore
    province: str
    last: int = 0

    def fill(self, body: str, rows: int) -> None:
        """So many more confirmed records of a body that lie above as they were sent."""
        first, self.last = self.last + 1, self.last + rows
        row = values(PROJECTS, 0, XZQHDM=body)
        given = {
            "first": first, "last": self.last, "body": body, "s": STANDARD.version, "t": TABLE,
            "at": NOW - timedelta(days=1), "now": NOW, "row": json.dumps(row),
        }  # fmt: skip
        with psycopg.connect(self.ledger) as conn:
            conn.execute("set session_replication_role = replica")
            for statement in LEDGER.split(";"):
                conn.execute(statement.encode(), given)
        with psycopg.connect(self.province) as conn:
            conn.execute(ABOVE.format(TABLE).encode(), given)

    def reconcile_anew(self) -> tuple[Upstreamed, int]:
        """The same when no range was ever found to agree."""
        with psycopg.connect(self.ledger) as conn:
            conn.execute("truncate upstream_sum")
        return self.reconcile()

    def reconcile(self) -> tuple[Upstreamed, int]:
        """What comparing our body came to, and how many rows were read for it."""
        before = self._read()
        url = make_url(self.province).render_as_string(hide_password=False)
        with (
            closing(Store(self.store.app_dsn, by="test")) as store,
            closing(ProvincialDatabase(url, STANDARD)) as target,
        ):
            found = compare_with_source(store, FEED, now=NOW)
            found |= compare_with_itself(store, FEED, now=NOW)
            assert set(found.values()) == {0}
            with store.transaction() as conn:
                counts(conn, FEED)
            upstreamed = compare_with_upstream(
                store, target, FEED, PROJECTS, {OURS}, now=NOW, settled_for=timedelta(0)
            )
        return upstreamed, self._read() - before

    def _read(self) -> int:
        """Rows read so far in both databases, once whoever read there has gone."""
        total = 0
        for url in (self.ledger, self.province):
            with psycopg.connect(url, autocommit=True) as conn:
                others = b"select count(*) from pg_stat_activity where datname = current_database()"
                for _ in range(500):
                    if conn.execute(others).fetchone() == (1,):
                        break
                    time.sleep(0.01)
                (read,) = conn.execute(READ).fetchone() or (0,)
                total += read or 0
        return total

    def above(self, statement: str) -> None:
        """The province does something in its table."""
        with psycopg.connect(self.province) as conn:
            conn.execute(statement.format(f'"{TABLE}"').encode())

    @property
    def ledger(self) -> str:
        """The ledger's URL as the superuser."""
        return self.postgres.dsn(self.store.owner_dsn.rsplit("/", 1)[1].split("?")[0])


@pytest.fixture
def scene(postgres: Postgres, exchange_store: ExchangeStore) -> Iterator[Scene]:
    """A few records of each body."""
    name = f"reconcile_cost_{next(_NUMBERS)}"
    made = Scene(postgres, exchange_store, postgres.create_database(name))
    with psycopg.connect(made.province) as conn:
        for statement in statements(PROJECTS, "postgresql"):
            conn.execute(statement.encode())
    with psycopg.connect(made.ledger) as conn:
        for body in (OURS, OTHERS):
            conn.execute("insert into body values (%s, 'x', '{}', 'x')", (body,))
    for body in (OURS, OTHERS):
        made.fill(body, LITTLE)
    yield made
    postgres.drop_database(name)


def test_four_times_the_records_read_four_times_the_rows(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows that are read grow with our own records, and not at all with those of others."""
    # a range is to these few rows what a whole one is to many: nothing is read end to end for it
    monkeypatch.setattr(upstream, "RANGE_VERSIONS", 50)
    found, little = scene.reconcile_anew()
    assert (found.sent, found.there, found.listed) == (LITTLE, LITTLE, LITTLE)
    scene.fill(OTHERS, LITTLE * (TIMES - 1))
    _, beside_others = scene.reconcile_anew()
    assert beside_others < little * 1.3 + A_LITTLE
    scene.fill(OURS, LITTLE * (TIMES - 1))
    found, much = scene.reconcile_anew()
    assert (found.sent, found.listed, found.unknown) == (LITTLE * TIMES, LITTLE * TIMES, 0)
    assert much < little * LINEAR + A_LITTLE


def test_what_has_not_changed_is_not_read(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a range that agreed and lies as it lay no row is read; one change opens one range."""
    monkeypatch.setattr(upstream, "RANGE_VERSIONS", 50)
    asked: list[int] = []
    by_serial = ProvincialDatabase.by_serial

    def counted(
        self: ProvincialDatabase, table: Table, serials: Sequence[str]
    ) -> dict[str, UpstreamRow]:
        asked.append(len(serials))
        return by_serial(self, table, serials)

    monkeypatch.setattr(ProvincialDatabase, "by_serial", counted)

    def ranges_read() -> tuple[Upstreamed, int]:
        asked.clear()
        return scene.reconcile()[0], len(asked)

    first, all_of_them = ranges_read()
    assert (first.sent, sum(asked), all_of_them > 10) == (LITTLE, LITTLE, True)
    assert ranges_read() == (first, 0)

    scene.above('update {} set "XMMC" = \'x\' where "LSH" = 700')
    scene.above('update {} set "SJSCZT" = 2 where "LSH" = 10')
    found, read = ranges_read()
    assert (found.changed, found.verdict_changed, 1 <= read <= 2) == (1, 1, True)
    assert ranges_read() == (found, read), "it stands, and is seen again"
    scene.above('delete from {} where "LSH" = 700')
    found, again = ranges_read()
    assert (found.lost, found.there, again) == (1, LITTLE - 1, read)

    scene.fill(OURS, 1)
    found, read = ranges_read()
    assert (found.sent, read <= again + 1) == (LITTLE + 1, True)


def test_plans_of_an_empty_store_compare_a_feed_in_one_pass(scene: Scene) -> None:
    """A plan made when nothing was there is kept: it must not look into one side for each row."""
    statements_of = load("reconciling")
    ranges = load("sweeping")["ranges_of"]
    names = ("not_in_ledger", "changed_at_source", "never_held")
    touched: dict[str, list[int]] = {name: [] for name in names}
    with psycopg.connect(scene.ledger, autocommit=True) as conn:
        plans = KeptPlans(conn)
        for more in (0, 0, LITTLE * TIMES):
            feed = FEED if touched["never_held"] else FEED | {"body": "nobody"}
            if more:
                scene.fill(OURS, more - LITTLE)
            held, compared_at = conn.execute(ranges, feed).fetchone() or ([], None)
            asked = feed | {"ranges": held, "compared_at": compared_at}
            for name in names:
                touched[name].append(
                    plans.touched(statements_of[name], asked, before=statements_of["by_hash"])
                )
    grown = {name: found for name, found in touched.items() if found[2] > found[1] * LINEAR + 200}
    assert grown == {}
