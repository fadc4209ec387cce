"""Where the parents of records stand: accepted upstream, on their way, returned, or never seen."""

from __future__ import annotations

from collections.abc import Iterable

from exchange.store.connection import Conn
from exchange.store.identity import anchor_of
from exchange.store.queries import load
from schemas import Standard
from validators import Lookup, ParentState

Q = load("judging")
STATES: dict[str, ParentState] = {
    "accepted": "accepted",
    "pending": "pending",
    "returned": "failed",
}


def parent_states(
    conn: Conn, standard: Standard, lookups: Iterable[Lookup]
) -> dict[Lookup, ParentState]:
    """The best state among the versions that each lookup names; ``absent`` when there is none."""
    wanted = sorted(lookups, key=lambda lookup: (lookup.table, lookup.fields, lookup.values))
    if not wanted:
        return {}
    anchors = [anchor_of(standard, one.table, one.fields, one.values) for one in wanted]
    found = conn.execute(
        Q["parent_states"],
        {
            "standard": standard.version,
            "tables": [one.table for one in wanted],
            "fields": [fields for fields, _ in anchors],
            "values": [values for _, values in anchors],
        },
    )
    states: dict[Lookup, ParentState] = dict.fromkeys(wanted, "absent")
    for row in found:
        if row["parent"] is not None:
            states[wanted[row["n"] - 1]] = STATES[row["parent"]]
    return states
