"""Compare a source's table with what we hold, range by range, and land what the pull has missed.

For every row of a source the store keeps the source's key, the source's digest of all its columns,
and which content of which record that is in the ledger (``source_row``). A range whose count and
sum of digests agree holds nothing new; otherwise its keys are compared, and the rows that differ
are read whole. What the ledger does not know of them lands as any page does. A row that the pull
may still bring by itself is left to it. A row that went away without a withdrawal becomes a
difference for people; nothing is withdrawn because of it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connectors.base import Page
from connectors.key_ranges import ComparedRow, Key, KeyDigest, KeyRange, RangeSource, RangeSum
from exchange.landing.land import Feed, Landed, land
from exchange.store.connection import Conn, Store
from exchange.store.identity import content_hash, record_key
from exchange.store.queries import load
from validators.record import RECORD_ZONE

Q = load("sweeping")
RANGE_ROWS = 2000
ROWS_READ_AT_ONCE = 500


@dataclass(slots=True)
class Swept:
    """What comparing came to, in rows; ``waiting`` may still come by the pull.

    ``missed`` are versions that landed by the sweep: the pull should have brought them.
    """

    ranges: int = 0
    compared: int = 0
    differing: int = 0
    missed: int = 0
    waiting: int = 0
    vanished: int = 0
    seconds: float = 0.0

    def add(self, other: Swept) -> None:
        """Add the counts of another."""
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True, slots=True)
class _Part:
    """A range as the store has it, and up to when (source's clock) its table has been pulled."""

    id: int
    feed: Feed
    keys: KeyRange
    sum: RangeSum
    compared_at: datetime | None
    pulled_to: datetime


def sweep(
    store: Store,
    source: RangeSource,
    feeds: Sequence[Feed],
    *,
    now: datetime,
    older_than: timedelta,
    until: Callable[[], bool],
    on_landed: Callable[[int], None] | None = None,
) -> Swept:
    """Compare the ranges of these feeds (one body and standard) that were last compared before.

    Those compared longest ago come first; ranges compared within ``older_than`` of ``now`` are
    left. ``until`` is asked after every range and ends the work when true. Only tables that have
    been pulled to their end are compared. Raises the connector's errors.
    """
    total = Swept()
    if not feeds:
        return total
    by_code = {feed.table.code: feed for feed in feeds}
    asked = {"table_codes": list(by_code), "before": now - older_than}
    with store.transaction() as conn:
        conn.execute(Q["register_ranges"], feeds[0].key() | asked)
    touched: set[str] = set()
    while True:
        with store.transaction() as conn:
            row = conn.execute(Q["range_due"], feeds[0].key() | asked).fetchone()
        if row is None:
            break
        part = _part(by_code[row["table_code"]], row)
        touched.add(part.feed.table.code)
        swept = _compare(store, source, part, now)
        total.add(swept)
        if swept.missed and on_landed:
            on_landed(swept.missed)
        if until():
            break
    with store.transaction() as conn:
        for code in touched:
            total.vanished += _name_vanished(conn, by_code[code], now)
    return total


def _part(feed: Feed, row: dict[str, Any]) -> _Part:
    keys = KeyRange(_key(row["after_key"]), _key(row["upto_key"]))
    held = RangeSum(row["rows"], int(row["digest"]))
    return _Part(row["id"], feed, keys, held, row["compared_at"], row["pulled_to"])


def _compare(store: Store, source: RangeSource, part: _Part, now: datetime) -> Swept:
    began = time.monotonic()
    table = part.feed.table
    # What was never compared has no sum to agree with; it is all that is left of a table, and to
    # add that up for every range that is cut from it would read the table once for each.
    if part.compared_at is not None:
        (there,) = source.sums(table, [part.keys])
        if there == part.sum:
            swept = Swept(compared=there.rows)
            with store.transaction() as conn:
                if _lock(conn, part):
                    _close(conn, part, swept, now, began, cut=None)
            return swept
    listed = source.keys(table, part.keys, limit=2 * RANGE_ROWS + 1)
    cut = None
    # A range that has grown to twice its size is cut after the first part.
    if len(listed) > 2 * RANGE_ROWS:
        listed = listed[:RANGE_ROWS]
        cut = listed[-1].key
    return _compare_rows(store, source, part, listed, cut, now, began)


def _compare_rows(
    store: Store,
    source: RangeSource,
    part: _Part,
    listed: list[KeyDigest],
    cut: Key | None,
    now: datetime,
    began: float,
) -> Swept:
    with store.transaction() as conn:
        found = conn.execute(Q["held_rows"], {"range": part.id})
        held = {row["row_key"]: int(row["digest"]) for row in found}
    differing = [one.key for one in listed if held.get(_text(one.key)) != one.digest]
    rows: list[ComparedRow] = []
    for start in range(0, len(differing), ROWS_READ_AT_ONCE):
        rows += source.rows(part.feed.table, differing[start : start + ROWS_READ_AT_ONCE])
    swept = Swept(compared=len(listed), differing=len(differing))
    there = [_text(one.key) for one in listed]
    with store.transaction() as conn:
        if not _lock(conn, part):
            return swept
        if cut is not None:
            _cut(conn, part, cut, there)
        else:
            gone = list(held.keys() - set(there))
            swept.differing += len(gone)
            conn.execute(Q["miss_rows"], {"range": part.id, "row_keys": gone, "now": now})
        _take(conn, source, part, rows, swept, now)
        _close(conn, part, swept, now, began, cut=cut)
    return swept


def _take(
    conn: Conn,
    source: RangeSource,
    part: _Part,
    rows: Sequence[ComparedRow],
    swept: Swept,
    now: datetime,
) -> None:
    """Land what the pull should have brought, and hold what the ledger then has."""
    table = part.feed.table
    identities = [
        (record_key(table, one.row.values, one.row.where), content_hash(table, one.row.values))
        for one in rows
    ]
    contents = {
        "record_keys": [key for key, _ in identities],
        "hashes": [digest for _, digest in identities],
    }
    found = conn.execute(Q["known_contents"], part.feed.key() | contents)
    known = {int(row["number"]) - 1 for row in found}
    given = source.given_before(part.pulled_to)
    late = [
        number
        for number, one in enumerate(rows)
        if number not in known and (one.row.changed_at is None or one.row.changed_at < given)
    ]
    if late:
        page = Page(tuple(rows[number].row for number in late), None, None, "sweep")
        landed: Landed = land(conn, part.feed, page, began_at=None, now=now)
        swept.missed += landed.new
        known.update(late)
    swept.waiting += len(rows) - len(known)
    taken = sorted(known)
    conn.execute(
        Q["hold_rows"],
        {
            "range": part.id,
            "row_keys": [_text(rows[number].key) for number in taken],
            "digests": [rows[number].digest for number in taken],
            "record_keys": [identities[number][0] for number in taken],
            "hashes": [identities[number][1] for number in taken],
        },
    )


def _lock(conn: Conn, part: _Part) -> bool:
    """Whether nobody else has compared the range meanwhile; locked until the transaction ends."""
    given = {"range": part.id, "seen": part.compared_at}
    return conn.execute(Q["lock_range"], given).fetchone() is not None


def _cut(conn: Conn, part: _Part, cut: Key, there: list[str]) -> None:
    given = {"range": part.id, "cut": json.dumps(cut, ensure_ascii=False)}
    beyond = conn.execute(Q["cut_range"], given).fetchone()
    assert beyond is not None
    conn.execute(Q["move_rows"], {"range": part.id, "beyond": beyond["id"], "row_keys": there})


def _close(
    conn: Conn, part: _Part, swept: Swept, now: datetime, began: float, *, cut: Key | None
) -> None:
    """The range is compared: what is held of it now is what its sum says."""
    swept.ranges = 1
    swept.seconds = time.monotonic() - began
    conn.execute(
        Q["close_range"],
        {
            "range": part.id,
            "now": now,
            "cut": None if cut is None else json.dumps(cut, ensure_ascii=False),
        },
    )
    conn.execute(
        Q["count_sweep"],
        part.feed.key()
        | {
            "day": now.astimezone(RECORD_ZONE).date(),
            "rows": swept.compared,
            "differing": swept.differing,
            "missed": swept.missed,
            "seconds": swept.seconds,
            "now": now,
        },
    )


def _name_vanished(conn: Conn, feed: Feed, now: datetime) -> int:
    """Name what has vanished, and take back what has come again; returns how many are new."""
    held = conn.execute(Q["ranges_of"], feed.key()).fetchone()
    assert held is not None
    given = feed.key() | held | {"now": now, "day": now.astimezone(RECORD_ZONE).date()}
    conn.execute(Q["resolve_vanished"], given)
    found = conn.execute(Q["find_vanished"], given).fetchone()
    return 0 if found is None else int(found["found"])


def _key(found: list[str] | None) -> Key | None:
    return None if found is None else tuple(found)


def _text(key: Key) -> str:
    return json.dumps(key, ensure_ascii=False)
