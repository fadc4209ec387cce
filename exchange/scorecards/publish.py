"""Write the scorecard of a day: one page and one workbook, replaced as whole files."""

from __future__ import annotations

import tempfile
from datetime import date, datetime
from pathlib import Path

from exchange.scorecards import page, rows, workbook
from exchange.scorecards.scorecard import score
from exchange.store.connection import Conn
from exchange.store.documents import write_whole
from schemas.policy import Policy


def write_scorecard(
    conn: Conn, day: date, policy: Policy, folder: Path, *, now: datetime
) -> list[Path]:
    """Score a day and write ``<folder>/<day>/<day>.html`` and ``.xlsx``; returns the two paths.

    To be called first in a transaction, which becomes read-only. Writing the same day again
    replaces both files.
    """
    card = score(conn, day, policy, now=now)
    cap = page.cap_for(len(card.standings))
    html = page.render(card, rows.by_body(conn, card.span, cap), cap)
    with tempfile.TemporaryDirectory() as aside:
        book = Path(aside) / "scorecard.xlsx"
        workbook.write(conn, card, book)
        made = {".html": html, ".xlsx": book.read_bytes()}
    target = folder / day.isoformat()
    for suffix, content in made.items():
        write_whole(target / f"{day}{suffix}", content)
    return [target / f"{day}{suffix}" for suffix in made]
