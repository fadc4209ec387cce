"""Connections to the store: what every one of them is set to, whatever server it leads to."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime

import psycopg
import pytest
from psycopg import sql

from exchange.store.connection import Store
from tests.stores import ExchangeStore

pytestmark = pytest.mark.database


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_times_do_not_depend_on_the_zone_of_the_server(
    exchange_store: ExchangeStore, zone: str
) -> None:
    """A foreign database in another zone gives the same day, text and object as one of ours."""
    with psycopg.connect(exchange_store.owner_dsn, autocommit=True) as owner:
        name = sql.Identifier(owner.info.dbname)
        owner.execute(sql.SQL("alter database {} set timezone = {}").format(name, zone))
    with psycopg.connect(exchange_store.app_dsn) as plain:
        assert plain.execute("show timezone").fetchone() == (zone,)
    moment = datetime(2026, 11, 19, 17, 0, tzinfo=UTC)
    with closing(Store(exchange_store.app_dsn, by="test")) as store:
        asked = (
            b"select t.at, t.at::date as day, to_json(t.at) as text from (select %(at)s as at) t"
        )
        (row,) = store.execute(asked, {"at": moment})
    assert (row["at"], row["at"].utcoffset()) == (moment, moment.utcoffset())
    assert (row["day"], row["text"]) == (moment.date(), "2026-11-19T17:00:00+00:00")
