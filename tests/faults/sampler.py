"""Samples the balance each second: the program's own, and the same sum made without its code."""

from __future__ import annotations

import threading
from contextlib import suppress

import psycopg

from exchange.errors import TryLaterError
from exchange.ledger.balance import balance
from exchange.store import addresses
from exchange.store.connection import Store
from tests.faults.city import FaultCity

EVERY_S = 1.0
_OWN_SUM = """
select (select coalesce(sum(rows_new), 0) from batch)
     - (select count(*) from version v join state s on s.name = v.state)
"""


class Sampler:
    """A thread that samples until ``stop``; seconds in which the store is away are counted."""

    def __init__(self, city: FaultCity) -> None:
        self.samples = 0
        self.away = 0
        self._bad: list[str] = []
        self._city = city
        self._leave = threading.Event()
        self._thread = threading.Thread(target=self._sample, name="sampler", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread."""
        self._leave.set()
        self._thread.join(20)

    def trouble(self) -> list[str]:
        """Every sample that did not come to 0."""
        return list(self._bad)

    def _sample(self) -> None:
        store: Store | None = None
        while not self._leave.wait(EVERY_S):
            with suppress(psycopg.Error, TryLaterError, OSError):
                store = store or Store(addresses.app_url(self._city.city.settings), by="sampler")
                self._look(store)
                continue
            self.away += 1
        if store is not None:
            store.close()

    def _look(self, store: Store) -> None:
        with store.transaction() as conn:
            unaccounted = balance(conn).unaccounted
        with store.transaction() as conn:
            row = conn.execute(_OWN_SUM).fetchone()
        assert row is not None
        own = next(iter(row.values()))
        self.samples += 1
        if unaccounted or own:
            self._bad.append(f"sample {self.samples}: unaccounted {unaccounted}, own sum {own}")
