"""Rows beside those that are judged: what they name, and the earlier versions of the same records.

One question per kind and group, and none where no rule of the table asks. Of a record only one
version counts: the newest that was not returned, or the returned one where there is no other; a
record that was withdrawn is not there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from exchange.store.connection import Conn
from exchange.store.identity import LOCAL_KEY, anchor_of
from exchange.store.queries import load
from schemas import Standard, Table
from validators import Lookup, Neighbour
from validators.neighbours import Standing
from validators.one_file import MOST
from validators.registry import cells_read

Q = load("judging")
EARLIER = 3
STANDINGS: Mapping[str, Standing] = {
    "landed": "waiting",
    "held": "waiting",
    "queued": "passed",
    "sending": "passed",
    "unknown": "passed",
    "sent": "passed",
    "dead": "passed",
    "confirmed": "accepted",
    "returned": "failed",
    "superseded": "gone",
    "withdrawn": "gone",
}


def related_rows(
    conn: Conn,
    standard: Standard,
    body: str,
    lookups: Iterable[Lookup],
    judged: Sequence[Mapping[str, Any]],
) -> dict[Lookup, list[Neighbour]]:
    """The rows that each lookup names, of whatever body; a lookup that names none is left out.

    Local keys are those of this body, and name no row of those ``judged`` (versions) themselves.
    """
    own = {row["id"]: row["raw"] for row in judged}
    wanted = sorted(lookups, key=lambda lookup: (lookup.table, lookup.fields, lookup.values))
    found: dict[Lookup, list[Neighbour]] = {}
    named = [one for one in wanted if one.fields != (LOCAL_KEY,)]
    local = [one for one in wanted if one.fields == (LOCAL_KEY,)]
    if named:
        anchors = [anchor_of(standard, one.table, one.fields, one.values) for one in named]
        asked: dict[str, object] = {
            "standard": standard.version,
            "tables": [one.table for one in named],
            "fields": [fields for fields, _ in anchors],
            "values": [values for _, values in anchors],
            "judged": list(own),
            "most": MOST,
        }
        _sort_in(standard, found, named, own, conn.execute(Q["related_rows"], asked).fetchall())
    if local:
        asked = {
            "body": body,
            "standard": standard.version,
            "tables": [one.table for one in local],
            "values": [one.values[0] for one in local],
            "judged": list(own),
            "most": MOST,
        }
        _sort_in(
            standard, found, local, own, conn.execute(Q["rows_of_local_keys"], asked).fetchall()
        )
    return found


def earlier_versions(
    conn: Conn, feed: Mapping[str, str], rows: Sequence[Mapping[str, Any]]
) -> dict[int, list[Neighbour]]:
    """What arrived of the same records before; most records are new and have nothing."""
    again = [row for row in rows if row["revision"] > 1]
    if not again:
        return {}
    asked = {
        **feed,
        "ids": [row["id"] for row in again],
        "record_keys": [row["record_key"] for row in again],
        "most": EARLIER,
    }
    found: dict[int, list[Neighbour]] = defaultdict(list)
    for row in conn.execute(Q["earlier_versions"], asked):
        standing = STANDINGS[row["state"]]
        found[row["of_version"]].append(
            Neighbour(row["id"], feed["table_code"], row["raw"], standing, row["valid"])
        )
    return dict(found)


def _sort_in(
    standard: Standard,
    found: dict[Lookup, list[Neighbour]],
    asked: Sequence[Lookup],
    own: Mapping[int, Mapping[str, str | None]],
    rows: Sequence[Mapping[str, Any]],
) -> None:
    by_lookup: dict[Lookup, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        by_lookup[asked[row["n"] - 1]].append(row)
    for lookup, versions in by_lookup.items():
        table = standard.table(lookup.table)
        by_local_key = lookup.fields != (LOCAL_KEY,)
        chosen = _one_of_each(versions, by_local_key=by_local_key)
        cells = _cells(table)
        found[lookup] = [
            _neighbour(table, cells, row, own.get(row["id"])) for row in chosen if row["valid"]
        ]


def _one_of_each(
    versions: Sequence[Mapping[str, Any]], *, by_local_key: bool
) -> list[Mapping[str, Any]]:
    """One version of each record, the newest first.

    Rows of one body with one local key are states of one record whose business key was mended.
    """
    if len(versions) == 1:
        return list(versions)
    chosen, seen = [], set[tuple[object, ...]]()
    for row in sorted(versions, key=lambda row: (row["state"] == "returned", -row["id"])):
        keys: set[tuple[object, ...]] = {(row["body"], row["record_key"])}
        if by_local_key and row["local_key"]:
            keys.add((row["body"], LOCAL_KEY, row["local_key"]))
        if not keys & seen:
            chosen.append(row)
        seen |= keys
    return sorted(chosen, key=lambda row: -int(row["id"]))


def _neighbour(
    table: Table,
    codes: Sequence[str],
    row: Mapping[str, Any],
    own: Mapping[str, str | None] | None,
) -> Neighbour:
    """The row with the cells that some rule reads: they are kept with the verdict."""
    raw = row["raw"] if own is None else own
    cells = {code: cell for code in codes if (cell := raw.get(code))}
    return Neighbour(row["id"], table.code, cells, STANDINGS[row["state"]])


@cache
def _cells(table: Table) -> Sequence[str]:
    return sorted(cells_read(table))
