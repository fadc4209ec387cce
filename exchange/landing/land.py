"""Land one page: raw rows, versions and the mark in one transaction, the moment of acknowledgement.

Landing the same page twice, by a retry or by a task that outlived its successor, changes nothing:
rows whose content is known are counted as replays, and a mark moves only from where the page began.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.base import Page, SourceRow
from exchange.landing.gone import name_gone
from exchange.store.connection import Conn
from exchange.store.identity import LOCAL_KEY, anchors, content_hash, is_valid, record_key
from exchange.store.queries import load
from schemas import Standard, Table
from schemas.values import NotOfTypeError, parse
from validators.record import RECORD_ZONE

Q = load("landing")
SERIAL = "LSH"
MAX_SERIAL_DIGITS = 18
_AS_WRITTEN = json.JSONEncoder(ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Feed:
    """One table of one body in one version of the standard."""

    body: str
    standard: Standard
    table: Table

    def key(self) -> dict[str, str]:
        """The parameters by which SQL names this feed."""
        return {
            "body": self.body,
            "standard": self.standard.version,
            "table_code": self.table.code,
        }


@dataclass(frozen=True, slots=True)
class Landed:
    """What one page came to: rows read = new versions + replays."""

    batch: int | None
    read: int
    new: int
    replayed: int
    oldest: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a content stands in the source's own order: its serial number and its change time."""

    digest: bytes
    serial: int | None
    changed_at: datetime | None

    def before(self, other: _Place) -> bool:
        """Whether this was surely written before the other.

        Serial numbers decide where both have one, because application clocks differ; an update in
        place keeps its serial number, then the change times decide.
        """
        if self.serial is not None and other.serial is not None and self.serial != other.serial:
            return self.serial < other.serial
        if self.changed_at is None or other.changed_at is None:
            return False
        return self.changed_at < other.changed_at


@dataclass(frozen=True, slots=True)
class _Fresh:
    """A row that becomes a version; ``late`` when a newer one of its key has landed already."""

    row: SourceRow
    key: str
    place: _Place
    revision: int
    late: bool


def land(
    conn: Conn,
    feed: Feed,
    page: Page,
    *,
    began_at: dict[str, Any] | None,
    now: datetime,
    request_key: str | None = None,
) -> Landed:
    """Keep the rows of a page and move the mark, all or nothing, inside the caller's transaction.

    ``began_at`` is the mark the page was read from, ``now`` the time of the pull. Rows keep their
    order; an empty page or one with replays only writes no batch, it just moves the mark.
    """
    conn.execute(Q["lock_and_register_feed"], feed.key())
    offset = (page.source_clock - now).total_seconds() if page.source_clock else None
    digests = [content_hash(feed.table, row.values) for row in page.rows]
    fresh = _fresh_rows(conn, feed, page.rows, digests)
    batch = None
    if fresh or request_key is not None:
        batch, ids = _insert_batch(conn, feed, page, digests, fresh, began_at, offset, request_key)
        if fresh:
            _insert_versions(conn, feed, batch, ids, fresh, now)
        if page.self_check is not None:
            code, recognised = page.self_check
            facts = {"batch": batch, "code": _storable(code), "recognised": recognised}
            conn.execute(Q["insert_self_check"], facts)
    if page.gone:
        kept = [record_key(feed.table, row.values, row.where) for row in page.rows]
        name_gone(conn, feed.key(), page.gone, kept=kept, now=now)
    if page.mark is not None:
        marks = {"began_at": _json(began_at), "mark": _json(page.mark)}
        moved = marks | {"clock_offset_s": offset}
        conn.execute(Q["advance_feed"], feed.key() | moved)
    times = [item.row.changed_at for item in fresh if item.row.changed_at]
    return Landed(
        batch=batch,
        read=len(page.rows),
        new=len(fresh),
        replayed=len(page.rows) - len(fresh),
        oldest=min(times, default=None),
    )


def _fresh_rows(
    conn: Conn, feed: Feed, rows: Sequence[SourceRow], digests: Sequence[bytes]
) -> list[_Fresh]:
    keyed = [(row, record_key(feed.table, row.values, row.where)) for row in rows]
    history: dict[str, list[_Place]] = {}
    keys = {"record_keys": list({key for _, key in keyed})}
    for known in conn.execute(Q["known_versions"], feed.key() | keys):
        history.setdefault(known["record_key"], []).append(
            _Place(bytes(known["content_hash"]), known["source_serial"], known["committed_at"])
        )
    fresh = []
    for (row, key), digest in zip(keyed, digests, strict=True):
        place = _Place(digest, _serial(row), row.changed_at)
        versions = history.setdefault(key, [])
        if versions and _is_replay(place, versions):
            continue
        newest = _newest(versions)
        late = newest is not None and place.before(newest)
        versions.append(place)
        fresh.append(_Fresh(row, key, place, len(versions), late))
    return fresh


def _is_replay(place: _Place, versions: Sequence[_Place]) -> bool:
    """Known content, unless the source wrote it again after something else had taken its place."""
    newest = _newest(versions)
    if newest is None or newest.digest == place.digest:
        return newest is not None
    return any(seen.digest == place.digest for seen in versions) and not newest.before(place)


def _newest(versions: Sequence[_Place]) -> _Place | None:
    newest = None
    for place in versions:
        if newest is None or not place.before(newest):
            newest = place
    return newest


def _serial(row: SourceRow) -> int | None:
    """The source's own serial number of the row, where it is a plain integer."""
    text = row.values.get(SERIAL) or ""
    return (
        int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_SERIAL_DIGITS else None
    )


def _insert_batch(
    conn: Conn,
    feed: Feed,
    page: Page,
    digests: Sequence[bytes],
    fresh: Sequence[_Fresh],
    began_at: dict[str, Any] | None,
    offset: float | None,
    request_key: str | None,
) -> tuple[int, list[int]]:
    """The batch's number and those of its new versions."""
    inserted = conn.execute(
        Q["insert_batch"],
        feed.key()
        | {
            "origin": page.origin,
            "detail": page.detail,
            "request_key": request_key,
            "source_clock": page.source_clock,
            "clock_offset_s": offset,
            "mark_before": _json(began_at),
            "mark_after": _json(page.mark),
            "rows_read": len(page.rows),
            "rows_new": len(fresh),
            "rows_replayed": len(page.rows) - len(fresh),
            "content_hash": hashlib.sha256(b"".join(digests)).digest(),
        },
    ).fetchone()
    assert inserted is not None
    return int(inserted["id"]), inserted["versions"]


def _insert_versions(
    conn: Conn,
    feed: Feed,
    batch: int,
    ids: Sequence[int],
    fresh: Sequence[_Fresh],
    now: datetime,
) -> None:
    with conn.cursor() as cursor, cursor.copy(Q["copy_versions"]) as copy:
        for version, item in zip(ids, fresh, strict=True):
            copy.write_row(_version_row(feed, batch, version, item, now))
    named = [
        (version, feed.standard.version, feed.table.code, fields, values)
        for version, item in zip(ids, fresh, strict=True)
        for fields, values in anchors(feed.standard, feed.table, item.row.values).items()
    ]
    if named:
        with conn.cursor() as cursor, cursor.copy(Q["copy_anchors"]) as copy:
            for anchor in named:
                copy.write_row(anchor)
    late = [version for version, item in zip(ids, fresh, strict=True) if item.late]
    if late:
        conn.execute(Q["overtake_late_versions"], {"ids": late})


def _version_row(
    feed: Feed, batch: int, version: int, item: _Fresh, now: datetime
) -> tuple[object, ...]:
    row = item.row
    local = row.values.get(LOCAL_KEY)
    defects = [
        {
            "code": defect.code,
            "field": defect.field,
            "value": defect.value,
            "message": defect.message,
        }
        for defect in row.defects
    ]
    return (
        version,
        feed.body,
        feed.standard.version,
        feed.table.code,
        feed.table.order,
        item.key,
        item.revision,
        _storable(local) if local else None,
        item.place.digest,
        item.place.serial,
        is_valid(row.values),
        batch,
        _storable(row.where),
        _json(dict(row.values)),
        _json(defects) if defects else None,
        "landed",
        "收讫",
        now,
        _occurred_at(feed, row),
        row.changed_at,
        now,
    )


def _occurred_at(feed: Feed, row: SourceRow) -> datetime | None:
    """When the business event happened, where the table has such a time and it can be read."""
    field = feed.standard.event_times.get(feed.table.code)
    text = row.values.get(field) if field else None
    if not field or not text:
        return None
    try:
        value = parse(feed.table.by_code[field], text)
    except NotOfTypeError:
        return None
    return value.replace(tzinfo=RECORD_ZONE) if isinstance(value, datetime) else None


def _storable(text: str) -> str:
    """Text for a text column, which cannot hold NUL nor half characters; the raw row keeps both."""
    return text.replace("\x00", "␀").encode("utf-8", "replace").decode("utf-8")


def _json(value: object) -> str | None:
    """JSON text; half characters, which UTF-8 cannot carry, are written as escapes."""
    if value is None:
        return None
    text = _AS_WRITTEN.encode(value)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, ensure_ascii=True)
    return text
