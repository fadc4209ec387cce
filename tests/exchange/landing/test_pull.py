"""What a pull keeps of tables that it could not read: all of them, whoever is to blame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from connectors.base import ConnectorError, Mark, Page, RefusedError, Source, TryLaterError
from exchange.landing.land import Feed
from exchange.landing.pull import pull
from exchange.store.connection import Store
from schemas import Table, load

pytestmark = pytest.mark.database
BODY = "420602"
STANDARD = load("3.0")
FEEDS = [Feed(BODY, STANDARD, table) for table in STANDARD.in_order[:4]]
CODES = [feed.table.code for feed in FEEDS]


@dataclass
class Failing(Source):
    """A source without rows in which some tables cannot be read."""

    failing: dict[str, ConnectorError]

    def check(self) -> list[str]:
        """Nothing to warn of."""
        return []

    def pages(self, table: Table, mark: Mark | None, *, page_rows: int = 2000) -> Iterator[Page]:
        """No page, or the failure."""
        del mark, page_rows
        if table.code in self.failing:
            raise self.failing[table.code]
        return iter(())

    def done(self, page: Page) -> None:
        """Never told."""

    def close(self) -> None:
        """Holds nothing."""


def swept(store: Store, failing: dict[str, ConnectorError]) -> dict[str, str]:
    """The tables that stand as not read after a sweep, with the reason."""
    pull(store, Failing(failing), FEEDS, clock=lambda: datetime.now(UTC))
    with store.transaction() as conn:
        rows = conn.execute(
            "select table_code, last_error from feed where failing_since is not null"
        ).fetchall()
    return {row["table_code"]: row["last_error"] for row in rows}


def test_a_source_out_of_reach_is_out_of_reach_for_every_table_not_read(store: Store) -> None:
    """The table at which it was noticed and those behind it; read again they are well again."""
    away = TryLaterError("前置库连接中断", body=BODY)
    assert swept(store, {CODES[1]: away}) == dict.fromkeys(CODES[1:], f"{BODY}: 前置库连接中断")
    assert swept(store, {CODES[0]: away}).keys() == set(CODES)
    assert swept(store, {}) == {}


def test_each_refused_table_counts_and_no_other(store: Store) -> None:
    """A source that refuses every table is told with all of them, one that refuses two with two."""
    assert swept(store, {code: RefusedError(code) for code in CODES}).keys() == set(CODES)
    assert swept(store, {code: RefusedError(code) for code in CODES[::2]}).keys() == {*CODES[::2]}
