"""How often each rule fired: its four outcomes over the stored runs, and its days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from exchange.store.connection import Conn
from exchange.store.queries import load

Q = load("fired")


@dataclass(frozen=True, slots=True)
class Fired:
    """One rule's outcomes in records (for rules on dossiers: in dossiers).

    ``bodies`` is how many bodies it fired at, ``last_at`` when last, ``days`` how often on each
    day of the office.
    """

    rule: str
    passed: int
    failed: int
    not_applicable: int
    not_checked: int
    bodies: int
    last_at: datetime | None
    days: Mapping[date, int]

    def to_json(self) -> dict[str, Any]:
        """The facts as a JSON object."""
        return asdict(self) | {
            "last_at": self.last_at and self.last_at.isoformat(),
            "days": {day.isoformat(): times for day, times in self.days.items()},
        }


def fired(conn: Conn, codes: Sequence[str], *, since: datetime, zone: ZoneInfo) -> list[Fired]:
    """Every rule that ran since then and whose code begins with one of ``codes`` (none: all).

    The most often fired come first. The cost grows with the runs since then, not with what is
    stored.
    """
    given = {"since": since, "codes": list(codes) or None, "zone": zone.key}
    found = conn.execute(Q["fired_by_rule"], given).fetchall()
    return [Fired(**{**row, "days": _days(row["days"] or {})}) for row in found]


def _days(told: Mapping[str, int]) -> dict[date, int]:
    return {date.fromisoformat(day): told[day] for day in sorted(told)}
