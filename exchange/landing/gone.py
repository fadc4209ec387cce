"""Rows that a source deleted: where a record went with them people are told, nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from connectors.base import Gone
from exchange.store.connection import Conn
from exchange.store.queries import load

Q = load("sweeping")


def name_gone(
    conn: Conn, feed: Mapping[str, str], gone: Sequence[Gone], *, kept: list[str], now: datetime
) -> None:
    """Open a difference for each record whose newest row is gone.

    ``feed`` are the feed's parameters in SQL, ``kept`` the records that the same page has rows of.
    """
    rows = {
        "row_keys": [json.dumps(one.key, ensure_ascii=False) for one in gone],
        "places": [one.where for one in gone],
        "local_keys": [one.local_key for one in gone],
    }
    conn.execute(Q["name_gone"], {**feed, **rows, "kept": kept, "now": now})
