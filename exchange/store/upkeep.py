"""What the owner of the store sees to besides its structure, at every `exchange init`."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import psycopg

CONNECT_SECONDS = 10
MONTHS_AHEAD = timedelta(days=92)


def keep_up(owner_dsn: str, *, now: datetime) -> int:
    """Make the coming months of the journey; continue the numbering of a restored store.

    A store that was restored into another server numbers its transactions anew. Returns by how much
    the numbers were lifted, 0 as a rule. To be called while nobody writes, as a restored store is
    before its first use.
    """
    with psycopg.connect(owner_dsn, autocommit=True, connect_timeout=CONNECT_SECONDS) as conn:
        lifted = conn.execute("select continue_chain()").fetchone()
        conn.execute("select make_months(%s, %s)", coming_months(now))
    assert lifted is not None
    return int(lifted[0])


def coming_months(now: datetime) -> tuple[date, date]:
    """From which day to which one the journey must have its months made."""
    today = now.astimezone(UTC).date()
    return today, today + MONTHS_AHEAD
