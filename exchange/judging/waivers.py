"""What a body is excused from."""

from __future__ import annotations

from datetime import date

from exchange.store.connection import Conn
from exchange.store.queries import load
from validators.waiver import Waiver

Q = load("judging")


def waivers_of(conn: Conn, body: str, day: date) -> tuple[Waiver, ...]:
    """What the body is excused from on this day."""
    rows = conn.execute(Q["waivers_in_force"], {"body": body, "day": day})
    return tuple(Waiver(**row) for row in rows)
