"""Bodies that normally report a table and went quiet: found once a day, ended when rows come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from exchange.store.connection import Conn
from exchange.store.queries import load
from schemas import table_of
from schemas.policy import Policy
from validators.silence import silent

Q = load("silence")
LOOK_BACK = timedelta(days=200)
"""Long enough for any baseline of working days, pauses and holidays included."""

Feed = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class SilentFeed:
    """One table of one body that is silent: since when, and what was usual."""

    body: str
    name: str
    standard: str
    table: str
    since: date
    days: int
    usual: float
    chance: float
    provisional: bool
    found_at: datetime

    def __str__(self) -> str:
        """One line for people."""
        mark = "（放假安排未录入，暂定）" if self.provisional else ""
        table = table_of(self.standard, self.table)
        name = f"{table.name} {self.table}" if table else self.table
        return (
            f"{self.name}（{self.body}） {name}（{self.standard}）：自 {self.since} 起 "
            f"{self.days} 个工作日没有数据，平时每个工作日约 {self.usual:.1f} 条{mark}"
        )


def look_for_silence(
    conn: Conn, policy_of: Callable[[str, datetime], Policy], *, now: datetime, policy: Policy
) -> list[SilentFeed]:
    """Compare every feed with its own habit; write what is silent, end what is no longer.

    ``policy`` is the installation's: its zone says where days begin. ``policy_of`` gives each
    body's terms and calendar.
    """
    today = now.astimezone(policy.zone).date()
    for feed, rows in _by_feed(conn, policy, now).items():
        body, standard, table = feed
        own = policy_of(body, now)
        found = silent(rows, today, own.calendar, own.silence)
        if found is not None:
            conn.execute(
                Q["silent_now"],
                {
                    "body": body,
                    "standard": standard,
                    "table_code": table,
                    "since": found.since,
                    "days": found.days,
                    "usual": found.usual,
                    "chance": found.chance,
                    "provisional": found.provisional,
                    "now": now,
                },
            )
    conn.execute(Q["silence_over"], {"now": now})
    return silences(conn)


def silences(conn: Conn) -> list[SilentFeed]:
    """What is silent as last found, the least likely pause first."""
    return [
        SilentFeed(
            row["body"], row["name"], row["standard"], row["table_code"], row["since"],
            row["days"], row["usual"], row["chance"], row["provisional"], row["found_at"],
        )
        for row in conn.execute(Q["silences"])
    ]  # fmt: skip


def _by_feed(conn: Conn, policy: Policy, now: datetime) -> Mapping[Feed, Mapping[date, int]]:
    asked = {"zone": policy.time_zone, "since": now - LOOK_BACK, "now": now}
    found: dict[Feed, dict[date, int]] = {}
    for row in conn.execute(Q["rows_by_day"], asked):
        feed = (row["body"], row["standard"], row["table_code"])
        found.setdefault(feed, {})[row["day"]] = row["rows"]
    return found
