"""Blind spots: what passed here and was refused above, and whether we know what the text means.

A text is mapped when the upstream's file has a refusal whose pattern is found in it; mapping one
mends the past, too, because it is looked up when it is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from connectors.upstream import RefusalText
from exchange.delivery.refusal import meaning
from exchange.store.connection import Conn
from exchange.store.queries import load
from schemas.personal import mask_text

Q = load("blindspots")
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class BlindSpot:
    """Refusals with the same text. ``clause`` is what it means, None when nobody has said so.

    ``example`` is the latest text, numbers of people masked; ``versions`` are the latest versions.
    """

    clause: str | None
    refusals: int
    bodies: int
    first_at: datetime
    last_at: datetime
    example: str
    versions: tuple[int, ...]
    tables: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The spot as a JSON object; times in ISO 8601."""
        times = {"first_at": self.first_at.isoformat(), "last_at": self.last_at.isoformat()}
        return asdict(self) | times


def blind_spots(
    conn: Conn, refusals: Sequence[RefusalText], *, since: datetime, limit: int = 200
) -> list[BlindSpot]:
    """What was refused above since a time, the most frequent text first, unmapped before mapped."""
    asked = {"since": since, "limit": limit, "examples": EXAMPLES}
    found = []
    for row in conn.execute(Q["blind_spots"], asked):
        known = meaning(row["example"], refusals)
        found.append(
            BlindSpot(
                clause=known.clause if known else None,
                refusals=row["refusals"],
                bodies=row["bodies"],
                first_at=row["first_at"],
                last_at=row["last_at"],
                example=mask_text(row["example"]),
                versions=tuple(row["versions"]),
                tables=tuple(row["tables"]),
            )
        )
    return sorted(found, key=lambda spot: spot.clause is not None)
