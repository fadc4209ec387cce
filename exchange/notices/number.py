"""The number of a document (发文字号): 代字〔年〕序号 as GB/T 9704 writes it, without gaps.

The number is drawn in the transaction that writes the notice. A second run waits for the first to
end, and a run that is killed gives its number back with everything else it did.
"""

from __future__ import annotations

from datetime import datetime

from exchange.notices.days import day_of
from exchange.store.connection import Conn
from exchange.store.queries import load

Q = load("notices")


def next_number(conn: Conn, sign: str, now: datetime) -> str:
    """The next number of this 代字 in the year of ``now``, for example 襄工改整〔2026〕15号."""
    year = day_of(now).year
    found = conn.execute(Q["next_number"], {"issuer": sign, "year": year}).fetchone()
    assert found is not None
    return f"{sign}〔{year}〕{found['last']}号"
