"""Who used the minutes: per body and record, hop by hop, by one clock for all.

The clock of each body is that of its policy: with kind ``event`` it runs from the business event,
with kind ``push_period`` from the moment the row stood in the body's own system, and the record
must be accepted above within one period of that. Times of a source are set right by the offset of
its clock that was seen when it was read; what still comes out negative is counted, never clipped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from exchange.store.connection import Conn
from exchange.store.queries import load
from schemas.policy import Clock

Q = load("clocks")


@dataclass(frozen=True, slots=True)
class Hop:
    """One stretch of the way: its name and whose minutes it takes."""

    name: str
    owner: str


HOPS: Mapping[str, Hop] = {
    "entry": Hop("业务发生到写入前置库", "报送单位"),
    "pull": Hop("写入前置库到收讫", "报送单位与网络"),
    "judge": Hop("收讫到校验（含等待上级记录）", "市级平台"),
    "send": Hop("校验到上报", "市级平台"),
    "confirm": Hop("上报到入库", "上级平台"),
}
HOP_OF_STATE: Mapping[str, str] = {
    "landed": "judge", "held": "judge", "queued": "send", "sending": "send", "dead": "send",
    "unknown": "confirm", "sent": "confirm",
}  # fmt: skip
"""In which hop a version is that is not yet accepted."""
SEVERAL = 3
"""So many rows from the future are a clock; one may be a slip of the pen."""


@dataclass(frozen=True, slots=True)
class BodyClock:
    """How one body stands. Seconds throughout; ``hops`` are (median, 95th percentile) by hop.

    ``overdue`` of the ``open`` versions are older than ``allowed_s``; ``late`` and ``in_time`` are
    among those ``confirmed`` in the span looked at. ``stock`` is from before the body was
    connected, ``skewed`` has an event after its own pull: both are left out of all percentiles.
    ``offset_s`` is how far its server's clock is ahead of ours; ``ahead_s`` how far at least the
    clock is with which its rows are written, None unless several rows say so. ``paused`` tells that
    the platform above does not answer where the oldest record is to go.
    """

    body: str
    name: str
    kind: str
    allowed_s: float
    confirmed: int = 0
    in_time: int = 0
    late: int = 0
    stock: int = 0
    skewed: int = 0
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    hops: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    open: int = 0
    overdue: int = 0
    oldest_s: float | None = None
    oldest_hop: str | None = None
    paused: bool = False
    offset_s: float | None = None
    ahead_s: float | None = None
    tables: int = 0
    failing: int = 0
    failing_s: float | None = None
    last_error: str | None = None
    unread_s: float | None = None

    @property
    def kept(self) -> bool:
        """Whether the promise is kept now: nothing overdue, and the source was read in time."""
        unreadable = self.failing_s is not None and self.failing_s > self.allowed_s
        return not self.overdue and not unreadable

    @property
    def unreadable(self) -> str:
        """How many of its tables cannot be read, in words."""
        return f"{'全部 ' if self.failing == self.tables > 1 else ''}{self.failing} 张表"

    @property
    def slowest(self) -> str | None:
        """The hop to look at: where the overdue one is, else the longest of the last ones."""
        if self.failing_s is not None and self.failing_s > self.allowed_s:
            return "pull"
        if self.overdue:
            return self.oldest_hop
        if not self.hops:
            return None
        return max(self.hops, key=lambda hop: self.hops[hop][1])

    @property
    def owner(self) -> str | None:
        """Whose minutes those of ``slowest`` are."""
        return self.owner_of(self.slowest) if self.slowest else None

    def owner_of(self, hop: str) -> str:
        """Whose minutes a hop takes: what waits for a platform that is away is not our time."""
        away = hop == "send" and self.overdue and self.paused
        return HOPS["confirm" if away else hop].owner

    def to_json(self) -> dict[str, Any]:
        """The clock as a JSON object."""
        hops = {name: {"p50": mid, "p95": high} for name, (mid, high) in self.hops.items()}
        return asdict(self) | {
            "hops": hops,
            "kept": self.kept,
            "slowest": self.slowest,
            "owner": self.owner,
        }


def body_clocks(
    conn: Conn, clocks: Mapping[str, Clock], *, since: datetime, now: datetime
) -> list[BodyClock]:
    """How each body of ``clocks`` stands now, and stood since a time."""
    bodies = list(clocks)
    spans = [float(clock.seconds) for clock in clocks.values()]
    asked = {
        "bodies": bodies,
        "kinds": [clock.kind for clock in clocks.values()],
        "seconds": spans,
        "since": since,
        "now": now,
        "due": [now - timedelta(seconds=span) for span in spans],
    }
    done = {row["body"]: row for row in conn.execute(Q["clocks_of_bodies"], asked)}
    waiting = {row["body"]: row for row in conn.execute(Q["open_by_body"], asked)}
    feeds = {row["body"]: row for row in conn.execute(Q["feeds_of_bodies"])}
    named = conn.execute("select code, name from body").fetchall()
    names = {row["code"]: row["name"] for row in named}
    return [
        _clock(code, names[code], clock, done.get(code), waiting.get(code), feeds.get(code), now)
        for code, clock in clocks.items()
        if code in names
    ]


def _clock(
    code: str,
    name: str,
    clock: Clock,
    done: Mapping[str, Any] | None,
    waiting: Mapping[str, Any] | None,
    feed: Mapping[str, Any] | None,
    now: datetime,
) -> BodyClock:
    facts: dict[str, Any] = {}
    if done is not None:
        facts |= {name: done[name] for name in ("confirmed", "in_time", "late", "stock", "skewed")}
        facts |= dict(zip(("p50", "p95", "p99"), _rounded(done["total"]), strict=False))
        found = {hop: _rounded(done[hop]) for hop in HOPS}
        if done["ahead"] >= SEVERAL:
            facts["ahead_s"] = round(done["ahead_s"], 1)
        facts["hops"] = {hop: (pair[0], pair[1]) for hop, pair in found.items() if pair}
    if waiting is not None:
        facts |= {
            "open": waiting["open"],
            "overdue": waiting["overdue"],
            "oldest_s": round(waiting["oldest_s"], 1),
            "oldest_hop": HOP_OF_STATE[waiting["oldest_state"]],
            "paused": waiting["paused"],
        }
    if feed is not None:
        facts |= {
            "offset_s": feed["offset_s"] and round(feed["offset_s"], 1),
            "tables": feed["tables"],
            "failing": feed["failing"],
            "failing_s": _age(feed["failing_since"], now),
            "last_error": feed["last_error"] if feed["failing"] else None,
            "unread_s": _age(feed["pulled_at"], now),
        }
    return BodyClock(code, name, clock.kind, float(clock.seconds), **facts)


def _rounded(values: list[float | None] | None) -> list[float]:
    return [round(value, 2) for value in values or () if value is not None]


def _age(at: datetime | None, now: datetime) -> float | None:
    return None if at is None else round((now - at).total_seconds(), 1)


def record_clocks(
    conn: Conn, *, since: datetime, body: str | None = None, limit: int = 20
) -> list[dict[str, Any]]:
    """The slowest records confirmed since a time, with their seconds in each hop.

    A hop without one of its two stamps is None; a negative one stays negative.
    """
    asked = {"since": since, "body": body, "limit": limit}
    rows = conn.execute(Q["record_clocks"], asked).fetchall()
    return [
        {
            name: round(value, 2) if isinstance(value, float) else value
            for name, value in row.items()
        }
        for row in rows
    ]
