"""One record's journey: its versions, the six stamps of each, every move, finding and delivery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exchange.store.connection import Conn
from exchange.store.queries import load

Q = load("ledger")
STAMPS = ("occurred_at", "committed_at", "pulled_at", "judged_at", "sent_at", "confirmed_at")
LIMIT = 50
MAX_ID_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Journey:
    """A version with everything the ledger knows of it, rows as the store has them."""

    version: Mapping[str, Any]
    moves: Sequence[Mapping[str, Any]]
    findings: Sequence[Mapping[str, Any]]
    deliveries: Sequence[Mapping[str, Any]]

    @property
    def stamps(self) -> dict[str, datetime | None]:
        """When it occurred, was committed at the source, pulled, judged, sent, confirmed."""
        return {name: self.version[name] for name in STAMPS}


def journeys(conn: Conn, key: str, *, limit: int = LIMIT) -> list[Journey]:
    """The versions found by a key, oldest first.

    ``key`` is a version's number, a whole record key (JSON array), a local key (DFSJZJ) or a value
    that occurs in a record key, such as a project code or a case number.
    """
    found = conn.execute(
        Q["find_versions"],
        {
            "ids": [int(key)] if key.isdigit() and len(key) <= MAX_ID_DIGITS else [],
            "key": key,
            "part": f'%"{_escaped(key)}"%',
            "limit": limit,
        },
    ).fetchall()
    ids = {"ids": [row["id"] for row in found]}
    moves = conn.execute(Q["journey_of"], ids).fetchall()
    findings = conn.execute(Q["findings_of"], ids).fetchall()
    deliveries = conn.execute(Q["deliveries_of"], ids).fetchall()
    return [
        Journey(row, _of(row, moves), _of(row, findings), _of(row, deliveries)) for row in found
    ]


def _of(version: Mapping[str, Any], rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if row["version_id"] == version["id"]]


def _escaped(key: str) -> str:
    return key.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
