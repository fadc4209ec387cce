"""The journey by months: nothing is lost when it is divided, and a month is found by its time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest

from exchange.store.addresses import APP, OWNER
from exchange.store.migrate import MIGRATIONS, migrate
from exchange.store.upkeep import keep_up
from tests.ledgers import Ledger
from tests.stores import ExchangeStore, Postgres

pytestmark = pytest.mark.database
BODY = "420602"


def test_a_store_that_is_in_use_is_divided_without_loss(postgres: Postgres, tmp_path: Path) -> None:
    """Every move of a store from before is in its month afterwards, and numbering goes on."""
    for role in (OWNER, APP):
        postgres.cluster.ensure_role(role)
    postgres.cluster.ensure_database("undivided", OWNER, users=(APP,))
    owner = postgres.dsn("undivided", OWNER)
    before = tmp_path / "before"
    before.mkdir()
    for path in MIGRATIONS.glob("*.sql"):
        if path.name < "0153":
            (before / path.name).write_bytes(path.read_bytes())
    migrate(owner, folder=before)
    with psycopg.connect(owner) as conn:
        conn.execute(
            "insert into journey (version_id, at, to_state, by, why)"
            " select n, timestamptz '2026-09-20 00:00Z' + n * interval '1 day', 'landed', 'x', 'x'"
            " from generate_series(1, 60) n"
        )
        old = conn.execute("select id, version_id, at, written_in from journey").fetchall()
    migrate(owner)
    with psycopg.connect(owner) as conn:
        new = conn.execute("select id, version_id, at, written_in from journey").fetchall()
        assert sorted(new) == sorted(old)
        counted = "select tableoid::regclass::text, count(*) from journey group by 1"
        assert dict(conn.execute(counted).fetchall()) == {
            "journey_2026_09": 10,
            "journey_2026_10": 31,
            "journey_2026_11": 19,
        }
        conn.execute("insert into journey (version_id, to_state, by, why) values (1, 'x', 'x', '')")
        assert conn.execute("select max(id) from journey").fetchone() == (61,)


def test_rows_before_their_month_are_kept_and_moved_when_it_is_made(ledger: Ledger) -> None:
    """Landing never fails for want of a month; once it is made, the rows are in it."""
    at = datetime(2031, 5, 7, tzinfo=UTC)
    ledger.body(BODY, "襄城区")
    ledger.version(BODY, ["K"], at=at)
    place = "select tableoid::regclass::text as place from journey"
    assert ledger.rows(place) == [{"place": "journey_other"}]
    with ledger.store.transaction() as conn:
        conn.execute("select make_months(%s, %s)", (date(2031, 4, 30), date(2031, 5, 1)))
    assert ledger.rows(place) == [{"place": "journey_2031_05"}]


def test_the_program_may_add_months_and_take_none_away(
    ledger: Ledger, exchange_store: ExchangeStore
) -> None:
    """The coming months are there after an init; the program cannot drop or empty one."""
    keep_up(exchange_store.owner_dsn, now=datetime(2031, 5, 7, tzinfo=UTC))
    months = ledger.rows(
        "select relname from pg_class where relname like 'journey_20%%' and relkind = 'r'"
        " order by 1"
    )
    assert [month["relname"][-7:] for month in months] == [
        "2031_05", "2031_06", "2031_07", "2031_08",
    ]  # fmt: skip
    for statement in ("drop table journey_2031_05", "truncate journey_2031_05"):
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            ledger.store.transaction() as conn,
        ):
            conn.execute(statement.encode())


def test_a_day_touches_its_month_only(ledger: Ledger, exchange_store: ExchangeStore) -> None:
    """What is asked about a time is answered from its month; the others are not opened."""
    keep_up(exchange_store.owner_dsn, now=datetime(2031, 5, 7, tzinfo=UTC))
    plan = ledger.rows(
        "explain select * from journey where at >= '2031-06-03Z' and at < '2031-06-04Z'"
    )
    text = "\n".join(row["QUERY PLAN"] for row in plan)
    assert "journey_2031_06" in text
    assert "journey_2031_05" not in text
    assert "journey_other" not in text
