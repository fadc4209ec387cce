"""A row of a dossier: what its cells say, as text, time, day or number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

RowState = Literal["arrived", "confirmed", "returned"]
_DAY, _SECOND = len("2026-01-01"), len("2026-01-01 00:00:00")


@dataclass(frozen=True, slots=True)
class Row:
    """A row in effect: the newest version of its record that is not withdrawn.

    ``arrived`` (aware) is when it was pulled; ``returned`` rows wait for their mending and are
    known to exist, but what they say is in doubt. ``where`` names the row for people.
    """

    version: int
    body: str
    table: str
    values: Mapping[str, str | None]
    arrived: datetime
    state: RowState = "arrived"
    where: str = ""

    def text(self, code: str) -> str:
        """The cell without outer blanks; empty for an empty or missing one."""
        return (self.values.get(code) or "").strip()

    def time(self, code: str) -> datetime | None:
        """The cell as wall time (a day is its midnight); None when it is no time."""
        text = self.text(code)
        if len(text) not in {_DAY, _SECOND}:
            return None
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            return None

    def day(self, code: str) -> date | None:
        """The cell as a day; None when it is none."""
        moment = self.time(code)
        return moment.date() if moment else None

    def number(self, code: str) -> int | None:
        """The cell as a whole number of at most nine digits; None when it is none."""
        text = self.text(code)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004


Rows = Mapping[str, tuple[Row, ...]]


def by_table(rows: Iterable[Row]) -> dict[str, tuple[Row, ...]]:
    """The rows by table, in their order."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.table, []).append(row)
    return {table: tuple(members) for table, members in found.items()}
