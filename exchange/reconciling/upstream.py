"""The ledger against what lies upstream: what we sent is there as we sent it, and nothing else.

Our versions are gone through in the order of their records, some hundred at a time. Of each such
range the rows upstream are counted and their contents summed up; only where count or sum differs
from what was sent are the rows compared one by one.

What we did not send is found by serial numbers alone: those of our divisions are read once, from
end to end, and only the rows of such that no delivery knows are read whole.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connectors.base import Outgoing
from connectors.content import UpstreamRow, changed_columns, content_of
from connectors.upstream_reading import UpstreamReading
from exchange.reconciling.differences import Difference, keep, resolve
from exchange.store.connection import Store
from exchange.store.queries import load
from schemas import Table

Q = load("reconciling")
KINDS = ("lost_upstream", "changed_upstream", "verdict_changed", "unknown_upstream")
RANGE_VERSIONS = 500
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
    for versions in _ranges(store, feed, now - settled_for):
        found = _compare_range(target, table, versions, result)
        if found:
            with store.transaction() as conn:
                keep(conn, feed, found, now=now)
    for unknown in _unknown(store, target, feed, table, divisions, result):
        if unknown:
            with store.transaction() as conn:
                keep(conn, feed, unknown, now=now)
    with store.transaction() as conn:
        resolve(conn, feed, KINDS, now=now)
    return result


def _ranges(
    store: Store, feed: Mapping[str, str], sent_before: datetime
) -> Iterator[list[dict[str, Any]]]:
    """What was written of the feed's versions, by ranges of records."""
    after: dict[str, Any] = {"record_key": "", "revision": 0, "limit": RANGE_VERSIONS}
    after["sent_before"] = sent_before
    while True:
        with store.transaction() as conn:
            rows = conn.execute(Q["delivered_after"], {**feed, **after}).fetchall()
        if not rows:
            return
        after |= {"record_key": rows[-1]["record_key"], "revision": rows[-1]["revision"]}
        yield [dict(row) for row in rows if row["delivery"] is not None]


def _compare_range(
    target: UpstreamReading,
    table: Table,
    deliveries: Sequence[Mapping[str, Any]],
    result: Upstreamed,
) -> list[Difference]:
    numbered = [one for one in deliveries if one["lsh"]]
    result.unanswered += len(deliveries) - len(numbered)
    if not numbered:
        return []
    there = target.by_serial(table, [one["lsh"] for one in numbered])
    result.sent += len(numbered)
    result.there += len(there)
    ours = [content_of(table, one["payload"]) for one in numbered]
    refused = [row for row in there.values() if (row.status or "").strip() == REFUSED]
    if _sum(ours) == _sum(row.content for row in there.values()) and not refused:
        return []
    found = []
    for one, content in zip(numbered, ours, strict=True):
        kind, detail = _differs(table, one, content, there.get(one["lsh"]))
        if kind is None:
            continue
        result.lost += kind == "lost_upstream"
        result.changed += kind == "changed_upstream"
        result.verdict_changed += kind == "verdict_changed"
        detail = {"lsh": one["lsh"], "step": one["kind"], **detail}
        found.append(Difference(kind, one["record_key"], one["version_id"], detail))
    return found


def _differs(
    table: Table, one: Mapping[str, Any], content: tuple[str, ...], row: UpstreamRow | None
) -> tuple[str | None, dict[str, Any]]:
    if row is None:
        return "lost_upstream", {}
    if row.content != content:
        sent = Outgoing(one["delivery"], one["payload"], 0)
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


def _sum(contents: Any) -> tuple[int, int]:
    """How many contents and the sum of their hashes; the order is no matter."""
    hashes = [hash(content) for content in contents]
    return len(hashes), sum(hashes)
