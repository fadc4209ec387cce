"""The receipts of a day as files for the body: each receipt once, each file made once and kept.

Which receipts belong to a day is told by the chain: those of the moves that were sealed after the
last file and before the day's end. So no receipt is left out and none is given twice, however long
nobody made files. A file is signed as a whole; what a single receipt tells is the same as in the
one that is signed by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from exchange.ledger.receipts import Q, facts_of, number_of
from exchange.ledger.signing import SigningKey, canonical, fingerprint
from exchange.store.connection import Conn, Store
from exchange.store.documents import keep

FORMAT = "exchange-receipts/1"
PART_RECEIPTS = 20_000
"""Receipts in one file: some ten megabytes."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A file that was kept: its name, whose it is, which of the body's parts, and what it is."""

    body: str
    part: int
    name: str
    receipts: int
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class _Span:
    """The blocks that the files of a day tell of, and the transactions that they seal."""

    day: date
    zone: str
    first: int
    last: int
    low: int
    high: int


def make_files(
    store: Store, day: date, zone: ZoneInfo, key: SigningKey, documents: Path, *, now: datetime
) -> list[str]:
    """Make the files of what was sealed until the end of ``day``; returns their names.

    None are made while somebody else makes them, or when there is nothing new. Killed before the
    end, nothing was made. The day must be over.
    """
    with store.transaction() as conn:
        mine = conn.execute(Q["one_hand_out"]).fetchone()
        span = _span(conn, day, zone) if mine and mine["mine"] else None
        if span is None:
            return []
        # Written at the end, so that this long transaction holds up no sealing.
        parts = [_kept(part, span, key, documents) for part in _parts(conn, span)]
        conn.execute(
            Q["insert_receipt_day"],
            {
                "last": span.last, "day": day, "now": now,
                "receipts": sum(part.receipts for part in parts),
            },
        )  # fmt: skip
        for part in parts:
            conn.execute(
                Q["insert_receipt_file"],
                {
                    "body": part.body, "last": span.last, "part": part.part, "name": part.name,
                    "receipts": part.receipts, "sha256": part.sha256, "bytes": part.bytes,
                },
            )  # fmt: skip
        return [part.name for part in parts]


def _span(conn: Conn, day: date, zone: ZoneInfo) -> _Span | None:
    ends = datetime.combine(day + timedelta(days=1), time(), zone)
    found = conn.execute(Q["blocks_to_hand_out"], {"ends": ends}).fetchone()
    if found is None or found["first"] is None:
        return None
    return _Span(day, zone.key, **found)


def _parts(conn: Conn, span: _Span) -> Iterator[tuple[str, int, list[dict[str, Any]]]]:
    """Body by body, up to ``PART_RECEIPTS`` at a time, what the receipts tell."""
    with conn.cursor(name="moves_of_blocks") as moves:
        moves.itersize = PART_RECEIPTS
        moves.execute(Q["moves_of_blocks"], {"low": span.low, "high": span.high})
        for body, of_body in groupby(moves, key=itemgetter("body")):
            number = 0
            while some := list(islice(of_body, PART_RECEIPTS)):
                number += 1
                yield body, number, _told(conn, some)


def _told(conn: Conn, moves: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the receipts for these moves tell, in their order."""
    versions = sorted({move["version"] for move in moves})
    facts = {row["move"]: row for row in conn.execute(Q["facts"], {"versions": versions})}
    rows = [facts[move["move"]] for move in moves]
    return [facts_of(number_of(row), row) for row in rows]


def _kept(
    part: tuple[str, int, list[dict[str, Any]]], span: _Span, key: SigningKey, documents: Path
) -> _Part:
    body, number, told = part
    content = {
        "format": FORMAT,
        "body": body,
        "day": span.day.isoformat(),
        "zone": span.zone,
        "part": number,
        "blocks": {"first": span.first, "last": span.last},
        "signed_by": fingerprint(key.public),
        "receipts": told,
    }
    whole = {"content": content, "signature": key.sign(canonical(content))}
    text = json.dumps(whole, ensure_ascii=False, sort_keys=True, indent=1).encode()
    name = f"回执-{body}-{span.day}-{number:03}.json"
    return _Part(body, number, name, len(told), keep(documents, text), len(text))
