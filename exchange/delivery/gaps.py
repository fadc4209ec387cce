"""Records that were in effect above and are not any more, while their new version is stuck here.

The invalidation of a correction was accepted and its new row was not: until the body mends it, the
higher platform has nothing in effect for the record.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from exchange.store.connection import Conn
from exchange.store.queries import load

Q = load("delivery")


@dataclass(frozen=True, slots=True)
class Gap:
    """One such record: its stuck version, where that stands and why, and since when it holds."""

    body: str
    name: str
    standard: str
    table_code: str
    record_key: str
    local_key: str | None
    id: int
    name_zh: str
    state_reason: str
    since: datetime

    def to_json(self) -> dict[str, Any]:
        """The record as a JSON object."""
        return asdict(self) | {"since": self.since.isoformat()}


def gaps(conn: Conn, *, body: str | None = None, limit: int = 1000) -> list[Gap]:
    """All of them, of one body if given, the oldest first."""
    return [Gap(**row) for row in conn.execute(Q["without_effect"], {"body": body, "limit": limit})]
