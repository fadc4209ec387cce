"""The ledger against what lies upstream: what we sent is there as we sent it, and nothing else.

Our versions are gone through in the order of their records, some hundred at a time. Of each such
range the platform counts its rows and adds up their digests. Where that, and what we sent, is as it
was when the range last agreed, no row of it is read on either side; otherwise all are, and compared
one by one.

What we did not send is found by serial numbers alone: those of our divisions are read once, from
end to end, and only the rows of such that no delivery knows are read whole.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from zlib import crc32

from connectors.base import Outgoing
from connectors.content import UpstreamRow, changed_columns, content_of
from connectors.key_ranges import RangeSum
from connectors.upstream_reading import UpstreamReading
from exchange.reconciling.differences import Difference, keep, resolve
from exchange.store.connection import Store
from exchange.store.queries import load
from schemas import Table

Q = load("reconciling")
KINDS = ("lost_upstream", "changed_upstream", "verdict_changed", "unknown_upstream")
READ_VERSIONS = 2000
RANGE_VERSIONS = 500
LONGEST_RANGE = 2000
DOUBTED_ROWS = 2000
SETTLED_FOR = timedelta(minutes=5)
REFUSED = "2"


@dataclass(slots=True)
class Upstreamed:
    """What comparing one feed with upstream came to; ``listed`` None: the platform gives no lists.

    ``sent`` are the rows that we wrote and know the number of; ``unanswered`` are those whose
    number we have not been told yet.
    """

    sent: int = 0
    there: int = 0
    unanswered: int = 0
    listed: int | None = None
    lost: int = 0
    changed: int = 0
    verdict_changed: int = 0
    unknown: int = 0


def compare_with_upstream(
    store: Store,
    target: UpstreamReading,
    feed: Mapping[str, str],
    table: Table,
    divisions: Collection[str],
    *,
    now: datetime,
    settled_for: timedelta = SETTLED_FOR,
) -> Upstreamed:
    """Compare one feed of a body that reports these divisions; differences are kept.

    What was sent within ``settled_for`` of ``now`` may not be visible there yet and is left out.

    Raises the target's errors; then nothing is taken as agreeing again.
    """
    result = Upstreamed()
    agreed = _Agreed(store, feed)
    for deliveries in _ranges(store, feed, now - settled_for):
        found = _compare_range(store, target, agreed, table, deliveries, result)
        if found:
            with store.transaction() as conn:
                keep(conn, feed, found, now=now)
    for unknown in _unknown(store, target, feed, table, divisions, result):
        if unknown:
            with store.transaction() as conn:
                keep(conn, feed, unknown, now=now)
    with store.transaction() as conn:
        resolve(conn, feed, KINDS, now=now)
    agreed.forget_the_rest()
    return result


class _Agreed:
    """What lay upstream of each range of a feed when it last agreed."""

    def __init__(self, store: Store, feed: Mapping[str, str]) -> None:
        self._store = store
        self._feed = feed
        rows = store.execute(Q["agreed_sums"], feed)
        self._sums = {bytes(row["ours"]): RangeSum(row["rows"], int(row["theirs"])) for row in rows}
        self._left = set(self._sums)

    def still(self, ours: bytes, theirs: RangeSum) -> bool:
        """Whether the range is known to agree when it lies there like this."""
        self._left.discard(ours)
        return self._sums.get(ours) == theirs

    def keep(self, ours: bytes, theirs: RangeSum) -> None:
        """It agrees when it lies there like this."""
        given = {"ours": ours, "rows": theirs.rows, "theirs": theirs.digest}
        self._store.execute(Q["agree_sum"], {**self._feed, **given})

    def forget_the_rest(self) -> None:
        """Ranges that were not asked for any more are no ranges of this feed now."""
        if self._left:
            self._store.execute(Q["forget_sums"], {**self._feed, "ours": list(self._left)})


def _ranges(
    store: Store, feed: Mapping[str, str], sent_before: datetime
) -> Iterator[list[dict[str, Any]]]:
    """What was written of the feed's versions, by ranges of records.

    Where a range ends is said by its last version: what is new between others changes one range.
    """
    after: dict[str, Any] = {"record_key": "", "revision": 0, "limit": READ_VERSIONS}
    after["sent_before"] = sent_before
    part: list[dict[str, Any]] = []
    last: int | None = None
    while rows := store.execute(Q["delivered_after"], {**feed, **after}):
        after |= {"record_key": rows[-1]["record_key"], "revision": rows[-1]["revision"]}
        for row in rows:
            if last is not None and row["version_id"] != last and _ends(last, len(part)):
                yield part
                part = []
            last = row["version_id"]
            if row["delivery"] is not None:
                part.append(row)
    yield part


def _ends(version: int, length: int) -> bool:
    return crc32(b"%d" % version) % RANGE_VERSIONS == 0 or length >= LONGEST_RANGE


def _compare_range(
    store: Store,
    target: UpstreamReading,
    agreed: _Agreed,
    table: Table,
    deliveries: Sequence[Mapping[str, Any]],
    result: Upstreamed,
) -> list[Difference]:
    numbered = [one for one in deliveries if one["lsh"]]
    result.unanswered += len(deliveries) - len(numbered)
    if not numbered:
        return []
    result.sent += len(numbered)
    serials = [one["lsh"] for one in numbered]
    ours, theirs = _sent_as(numbered), target.sum(table, serials)
    if theirs is not None and agreed.still(ours, theirs):
        result.there += theirs.rows
        return []
    # The sum comes first: what changes while the rows are read is seen the next time.
    there = target.by_serial(table, serials)
    result.there += len(there)
    rows = store.execute(Q["payloads"], {"ids": [one["delivery"] for one in numbered]})
    payloads = {row["id"]: row["payload"] for row in rows}
    found = _compare_rows(table, numbered, payloads, there, result)
    if theirs is not None and not found:
        agreed.keep(ours, theirs)
    return found


def _compare_rows(
    table: Table,
    numbered: Sequence[Mapping[str, Any]],
    payloads: Mapping[int, Mapping[str, str | None]],
    there: Mapping[str, UpstreamRow],
    result: Upstreamed,
) -> list[Difference]:
    found = []
    for one in numbered:
        kind, detail = _differs(table, one, payloads[one["delivery"]], there.get(one["lsh"]))
        if kind is None:
            continue
        result.lost += kind == "lost_upstream"
        result.changed += kind == "changed_upstream"
        result.verdict_changed += kind == "verdict_changed"
        detail = {"lsh": one["lsh"], "step": one["kind"], **detail}
        found.append(Difference(kind, one["record_key"], one["version_id"], detail))
    return found


def _differs(
    table: Table,
    one: Mapping[str, Any],
    payload: Mapping[str, str | None],
    row: UpstreamRow | None,
) -> tuple[str | None, dict[str, Any]]:
    if row is None:
        return "lost_upstream", {}
    if row.content != content_of(table, payload):
        sent = Outgoing(one["delivery"], payload, 0)
        return "changed_upstream", {"columns": changed_columns(table, sent, row)}
    if (row.status or "").strip() == REFUSED and one["outcome"] == "confirmed":
        return "verdict_changed", {"reason": row.reason}
    return None, {}


def _unknown(
    store: Store,
    target: UpstreamReading,
    feed: Mapping[str, str],
    table: Table,
    divisions: Collection[str],
    result: Upstreamed,
) -> Iterator[list[Difference]]:
    """Rows of these divisions that no delivery of ours explains, not even one under way."""
    if not divisions:
        return
    listed = target.serials(table, divisions)
    if listed is None:
        return
    result.listed = 0
    doubted: list[str] = []
    for serials in listed:
        result.listed += len(serials)
        doubted += _unheard_of(store, feed, serials)
        while len(doubted) >= DOUBTED_ROWS:
            yield _strange(store, target, feed, table, doubted[:DOUBTED_ROWS], result)
            del doubted[:DOUBTED_ROWS]
    yield _strange(store, target, feed, table, doubted, result)


def _unheard_of(store: Store, feed: Mapping[str, str], serials: Sequence[str]) -> list[str]:
    """Those of the serial numbers that no delivery of ours has, in their order."""
    known = store.execute(Q["known_serials"], {**feed, "serials": list(serials)})
    numbers = {one["lsh"] for one in known}
    return [serial for serial in serials if serial not in numbers]


def _strange(
    store: Store,
    target: UpstreamReading,
    feed: Mapping[str, str],
    table: Table,
    doubted: Sequence[str],
    result: Upstreamed,
) -> list[Difference]:
    """Those of the doubted rows that are not ours: what is under way has no number here yet.

    Whatever gets its number meanwhile is seen before that as under way or after it as known.
    """
    if not doubted:
        return []
    there = target.by_serial(table, doubted)
    waiting = store.execute(Q["unnumbered"], feed)
    coming = {content_of(table, one["payload"]) for one in waiting}
    unheard_of = _unheard_of(store, feed, doubted)
    rows = [there[key] for serial in unheard_of if (key := serial.strip()) in there]
    strange = [row for row in rows if row.content not in coming]
    result.unknown += len(strange)
    return [
        Difference("unknown_upstream", f"LSH={row.lsh}", None, {"status": row.status})
        for row in strange
    ]


def _sent_as(numbered: Sequence[Mapping[str, Any]]) -> bytes:
    """What was sent under which numbers, and how it was answered; a payload never changes."""
    texts = (f"{one['delivery']} {one['lsh']} {one['outcome']}\n" for one in numbered)
    return sha256("".join(texts).encode()).digest()
