"""What a body is excused from."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from exchange.store.connection import Conn
from exchange.store.queries import load
from validators.record import RECORD_ZONE
from validators.waiver import Waiver

Q = load("judging")


def waivers_of(conn: Conn, body: str, day: date) -> tuple[Waiver, ...]:
    """What the body is excused from on this day."""
    rows = conn.execute(Q["waivers_in_force"], {"body": body, "day": day})
    return tuple(Waiver(**row) for row in rows)


def waivers_ahead(conn: Conn, bodies: Collection[str], day: date) -> dict[str, list[Waiver]]:
    """What each of these bodies is excused from on this day or later; the longest comes last."""
    found: dict[str, list[Waiver]] = {}
    for row in conn.execute(Q["waivers_ahead"], {"bodies": sorted(bodies), "day": day}):
        found.setdefault(row.pop("body"), []).append(Waiver(**row))
    return found


def last_turn(conn: Conn, body: str, rule: str, now: datetime) -> datetime | None:
    """When a waiver of this rule last began to hold or ceased to; None: never yet."""
    asked = {"body": body, "rule": rule, "now": now, "zone": RECORD_ZONE.key}
    row = conn.execute(Q["last_turn"], asked).fetchone()
    found: datetime | None = row["at"] if row else None
    return found
