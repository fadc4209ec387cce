"""Cases as the stages write them: an item joins the body's case, and is settled by a later version.

Judging and delivery both return records; the case belongs to neither, so its rows are written here,
in the transaction of whoever returns the record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from exchange.store.connection import Conn
from exchange.store.queries import load

Q = load("cases")
Resolution = Literal["confirmed", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Returned:
    """A version with something to mend.

    ``key_in_doubt``: a field of the business key is among the faults, so that the mended row will
    have another key and can only be told by its local key.
    """

    version: int
    record_key: str
    local_key: str | None
    key_in_doubt: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """A version that is confirmed upstream, or withdrawn by the body."""

    version: int
    body: str
    standard: str
    table: str
    record_key: str
    local_key: str | None
    resolution: Resolution


@dataclass(frozen=True, slots=True)
class Push:
    """A version that arrived; ``earlier`` items of the same record are still open."""

    item: int
    earlier_version: int
    by_version: int


def open_items(
    conn: Conn,
    *,
    body: str,
    standard: str,
    table: str,
    versions: Sequence[tuple[int, str, str | None]],
) -> list[Push]:
    """The open items that these versions (id, record key, local key) are a new push for."""
    found = conn.execute(
        Q["open_items"],
        {
            "body": body,
            "standard": standard,
            "table_code": table,
            "versions": [version for version, _, _ in versions],
            "record_keys": [key for _, key, _ in versions],
            "local_keys": [local for _, _, local in versions],
        },
    )
    return [Push(row["id"], row["version_id"], row["by_version"]) for row in found]


def join_case(
    conn: Conn,
    returned: Sequence[Returned],
    pushes: Sequence[Push],
    *,
    body: str,
    standard: str,
    table: str,
    now: datetime,
    collect_until: datetime,
) -> None:
    """Put each returned version into a case: its record's open item, or the case that collects.

    ``collect_until`` is when a case opened now stops collecting and its notice is due.
    """
    items = {push.by_version: push.item for push in pushes}
    case = None
    for one in returned:
        if one.version in items:
            conn.execute(Q["pushed_again"], {"item": items[one.version], "version": one.version})
            continue
        if case is None:
            due = {"body": body, "now": now, "collect_until": collect_until}
            found = conn.execute(Q["collecting_case"], due).fetchone()
            assert found is not None
            case = found["id"]
        conn.execute(
            Q["add_item"],
            {
                "case": case,
                "body": body,
                "standard": standard,
                "table_code": table,
                "record_key": one.record_key,
                "local_key": one.local_key if one.key_in_doubt else None,
                "version": one.version,
                "now": now,
            },
        )


def settle(conn: Conn, settled: Sequence[Settled], *, now: datetime) -> set[int]:
    """Resolve the items that these versions mend; returns the cases that were touched."""
    if not settled:
        return set()
    found = conn.execute(
        Q["resolve_items"],
        {
            "now": now,
            "versions": [one.version for one in settled],
            "bodies": [one.body for one in settled],
            "standards": [one.standard for one in settled],
            "tables": [one.table for one in settled],
            "record_keys": [one.record_key for one in settled],
            "local_keys": [one.local_key for one in settled],
            "resolutions": [one.resolution for one in settled],
        },
    )
    return {row["rectification_id"] for row in found}


def complete(conn: Conn, versions: Sequence[int], *, excused: str, now: datetime) -> set[int]:
    """Resolve the items of records whose dossiers lack nothing any more; the cases touched.

    ``versions`` are those on which a finding about a dossier was closed. An item stays open while
    anything else stands against its record, or the row in effect is not confirmed upstream. One
    that ends because a finding was closed for the reason ``excused`` was not mended, and says so.
    """
    if not versions:
        return set()
    asked = {"now": now, "versions": sorted(set(versions)), "excused": excused}
    found = conn.execute(Q["complete_items"], asked)
    return {row["rectification_id"] for row in found}
