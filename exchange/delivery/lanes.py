"""Who goes up first, how much may be up at once, and when a backlog will have drained.

Two lanes: fresh versions, which landed within the promise of their body, and the backlog. Fresh
ones go first; a share of every claim is the backlog's, so that it drains. Before both go the
versions that fresh ones wait for. In each lane the bodies take turns, each with its oldest: nothing
starves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.upstream import Limits
from exchange.store.connection import Conn
from exchange.store.queries import load

Q = load("lanes")
SLOT_S, SLOTS = 10, 360
MEASURED_OVER = timedelta(seconds=120)
SILENT_AFTER = timedelta(seconds=60)
DAWN = datetime(1970, 1, 1, tzinfo=UTC)

Rows = list[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Promises:
    """How long after its landing a version counts as fresh: by body, and for all others.

    Without a promise (``others`` is None) everything is fresh.
    """

    others: timedelta | None = None
    by_body: Mapping[str, timedelta] = field(default_factory=dict)

    def cutoffs(self, now: datetime) -> dict[str, Any]:
        """The parameters of the lanes' statements: what was pulled after the cutoff is fresh."""
        others = DAWN if self.others is None else now - self.others
        return {
            "cutoff": others,
            "bodies": list(self.by_body),
            "cutoffs": [now - promise for promise in self.by_body.values()],
        }


@dataclass(frozen=True, slots=True)
class Lane:
    """One way up at this moment, in versions.

    ``per_second`` is the rate at which backlog went up lately, ``eta_s`` the seconds until it is
    drained at that rate; None while nothing is going up, so that nobody is told a guess.
    """

    upstream: str
    fresh: int
    backlog: int
    in_flight: int
    per_second: float | None
    eta_s: float | None
    open_until: datetime | None
    last_error: str | None
    last_success_at: datetime | None


def claim(
    conn: Conn, standard: str, promises: Promises, limits: Limits, *, now: datetime, limit: int
) -> Rows:
    """Lock up to ``limit`` due versions, no more than may be in flight, the urgent ones first."""
    most = {"standard": standard, "most": limits.in_flight, "now": now}
    counted = conn.execute(Q["in_flight"], most).fetchone()
    assert counted is not None
    room = min(limit, limits.in_flight - counted["in_flight"])
    if room <= 0 or not counted["any_due"]:
        return []
    due = promises.cutoffs(now) | {"standard": standard, "now": now, "each": 2 * limit}
    reserved = max(1, int(room * limits.backlog_share)) if room > 1 else 0
    backlog = _lane(conn, due, reserved, fresh=False)
    rows = _awaited(conn, due, room - len(backlog))
    rows += _lane(conn, due, room - len(backlog), fresh=True)
    rows = _once([*backlog, *rows])[:room]
    if len(backlog) == reserved and len(rows) < room:
        rows = _once([*rows, *_lane(conn, due, room, fresh=False)])[:room]
    return rows


def _lane(conn: Conn, due: Mapping[str, Any], limit: int, *, fresh: bool) -> Rows:
    if limit <= 0:
        return []
    return list(conn.execute(Q["claim_lane"], {**due, "limit": limit, "fresh": fresh}).fetchall())


def _awaited(conn: Conn, due: Mapping[str, Any], limit: int) -> Rows:
    if limit <= 0:
        return []
    return list(conn.execute(Q["claim_awaited"], {**due, "limit": limit}).fetchall())


def _once(rows: Rows) -> Rows:
    """Our own locks do not keep us from claiming a row in two lanes."""
    return list({row["id"]: row for row in rows}.values())


def count_sent(conn: Conn, upstream: str, rows: Rows, now: datetime) -> None:
    """Note how many went up, for the estimate."""
    if not rows:
        return
    number = int(now.timestamp()) // SLOT_S
    fresh = sum(1 for row in rows if row["fresh"])
    conn.execute(
        Q["count_throughput"],
        {
            "upstream": upstream,
            "slot": number % SLOTS,
            "at": datetime.fromtimestamp(number * SLOT_S, now.tzinfo),
            "fresh": fresh,
            "backlog": len(rows) - fresh,
            "now": now,
        },
    )


def lanes_now(conn: Conn, promises: Promises, *, now: datetime) -> list[Lane]:
    """Every way up that was ever used, with what waits for it and when that will have drained."""
    found = conn.execute(Q["waiting_now"], promises.cutoffs(now))
    waiting = {row["standard"]: row for row in found}
    lanes = []
    for row in conn.execute(Q["lanes_now"], {"since": now - MEASURED_OVER}):
        mine = waiting.get(row["name"].rpartition("/")[2], {"fresh": 0, "backlog": 0})
        rate = _rate(row, now)
        lanes.append(
            Lane(
                upstream=row["name"],
                fresh=mine["fresh"],
                backlog=mine["backlog"],
                in_flight=row["in_flight"],
                per_second=rate,
                eta_s=_eta(mine["backlog"], rate),
                open_until=row["open_until"],
                last_error=row["last_error"],
                last_success_at=row["last_success_at"],
            )
        )
    return lanes


def _rate(row: Mapping[str, Any], now: datetime) -> float | None:
    """Backlog versions a second of late; None when the flow has stopped or only just begins.

    Counted from the moment the first of it went up, without those: what came after took the time.
    """
    if row["last"] is None or row["last"] + SILENT_AFTER < now or row["first_at"] is None:
        return None
    seconds: float = (now - row["first_at"]).total_seconds()
    return float(row["since_first"]) / seconds if seconds >= 1 and row["since_first"] else None


def _eta(backlog: int, rate: float | None) -> float | None:
    if not backlog:
        return 0.0
    return backlog / rate if rate is not None else None
