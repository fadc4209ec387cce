"""The ledger against what the comparing has held of the source, and against its own deliveries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from exchange.reconciling.differences import Difference, keep, resolve
from exchange.store.connection import Conn, Store
from exchange.store.queries import load

Q = load("reconciling")
RANGES_OF = load("sweeping")["ranges_of"]
OF_SOURCE = {"not_in_ledger": "not_in_ledger", "changed_at_source": "changed_at_source"}
OF_ITSELF = {"no_delivery": "no_delivery"}


def compare_with_source(store: Store, feed: Mapping[str, str], *, now: datetime) -> dict[str, int]:
    """Differences between ledger and held source rows of one feed; returns how many of each kind.

    Only what was pulled before the whole table was last compared is looked at.
    """
    with store.transaction() as conn:
        held = conn.execute(RANGES_OF, feed).fetchone()
        assert held is not None
        asked = {**feed, **held}
        conn.execute(Q["by_hash"])
        found = _compare(conn, asked, OF_SOURCE, now)
        # The sweep takes these back itself, together with those that it names.
        gone = _found(conn, asked, "vanished", "never_held")
        keep(conn, feed, gone, now=now)
        return found | {"vanished": len(gone)}


def compare_with_itself(store: Store, feed: Mapping[str, str], *, now: datetime) -> dict[str, int]:
    """Confirmed versions that no delivery of ours explains; returns how many of each kind."""
    with store.transaction() as conn:
        return _compare(conn, feed, OF_ITSELF, now)


def counts(conn: Conn, feed: Mapping[str, str]) -> dict[str, int]:
    """Rows held of the source, records and versions here, and versions on their way up."""
    row = conn.execute(Q["counts"], dict(feed)).fetchone()
    assert row is not None
    return {name: int(value) for name, value in row.items()}


def _compare(
    conn: Conn, asked: Mapping[str, Any], kinds: Mapping[str, str], now: datetime
) -> dict[str, int]:
    found: dict[str, int] = {}
    for kind, statement in kinds.items():
        differences = _found(conn, asked, kind, statement)
        keep(conn, asked, differences, now=now)
        found[kind] = len(differences)
    resolve(conn, asked, kinds, now=now)
    return found


def _found(conn: Conn, asked: Mapping[str, Any], kind: str, statement: str) -> list[Difference]:
    rows = conn.execute(Q[statement], asked).fetchall()
    return [Difference(kind, row["record_key"], row["version_id"], row["detail"]) for row in rows]
