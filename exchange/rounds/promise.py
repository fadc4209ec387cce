"""The promise at one moment: is it kept, who is slow, what waits, until when, and what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from exchange.delivery.lanes import Lane, lanes_now
from exchange.ledger.alarms import alarms_since
from exchange.ledger.clocks import BodyClock, body_clocks
from exchange.rounds.wiring import Exchange
from exchange.store.connection import Conn
from exchange.store.disk import Room, room
from exchange.store.queries import load
from schemas.policy import Clock

DIRTY, DEAD = load("dirty"), load("deadletters")
LOOK_BACK = timedelta(hours=1)
ALARMS_BACK = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Promise:
    """What one look at the store found. ``aside`` are the bodies put aside for a flood."""

    at: datetime
    bodies: list[BodyClock]
    lanes: list[Lane]
    alarms: list[dict[str, Any]]
    aside: list[dict[str, Any]]
    dead: list[dict[str, Any]]
    disk: Room

    @property
    def kept(self) -> bool:
        """Whether it is kept for every body."""
        return all(body.kept for body in self.bodies)

    @property
    def slow(self) -> list[BodyClock]:
        """The bodies for which it is not kept."""
        return [body for body in self.bodies if not body.kept]

    @property
    def unreadable(self) -> list[BodyClock]:
        """The bodies that cannot be read just now: kept as far as anybody can know."""
        return [body for body in self.bodies if body.kept and body.failing_s is not None]

    @property
    def standing(self) -> list[dict[str, Any]]:
        """The alarms that are not over."""
        return [alarm for alarm in self.alarms if alarm["cleared_at"] is None]

    def to_json(self) -> dict[str, Any]:
        """Everything as one JSON object; times in ISO 8601, nothing about persons."""
        return {
            "at": self.at.isoformat(),
            "kept": self.kept,
            "slow": [
                {"body": one.body, "name": one.name, "hop": one.slowest, "overdue": one.overdue}
                for one in self.slow
            ],
            "unreadable": [
                {"body": one.body, "name": one.name, "seconds": one.failing_s}
                for one in self.unreadable
            ],
            "bodies": [one.to_json() for one in self.bodies],
            "upstreams": [_plain(_facts(one)) for one in self.lanes],
            "alarms": [_plain(one) for one in self.alarms],
            "put_aside": [_plain(one) for one in self.aside],
            "dead_letters": [_plain(one) for one in self.dead],
            "disk": {
                "state": self.disk.state,
                "free_mb": self.disk.free_mb,
                "wanted_mb": self.disk.wanted_mb,
            },
        }


def clocks_of(exchange: Exchange, now: datetime) -> dict[str, Clock]:
    """The clock that each body's policy sets now."""
    return {code: exchange.rulesets.policy(code, now).clock for code in exchange.bodies}


def promise(exchange: Exchange, *, now: datetime, back: timedelta = LOOK_BACK) -> Promise:
    """One look, over what was confirmed in the last ``back``. Raises StoreUnreachableError."""
    with exchange.store.transaction() as conn:
        return look(conn, exchange, now=now, back=back)


def look(conn: Conn, exchange: Exchange, *, now: datetime, back: timedelta = LOOK_BACK) -> Promise:
    """The same in the caller's transaction; the bodies to look at come first."""
    bodies = body_clocks(conn, clocks_of(exchange, now), since=now - back, now=now)
    return Promise(
        at=now,
        bodies=sorted(bodies, key=_urgency),
        lanes=lanes_now(conn, exchange.promises(now), now=now),
        alarms=alarms_since(conn, now - ALARMS_BACK),
        aside=conn.execute(DIRTY["dirty_now"], {"now": now}).fetchall(),
        dead=conn.execute(DEAD["count_dead_letters"]).fetchall(),
        disk=room(exchange.settings.state, exchange.settings.disk_free_mb),
    )


def _urgency(body: BodyClock) -> tuple[bool, bool, float]:
    """What comes first: broken promises, the worst of them; then what cannot be read."""
    worst = max(body.oldest_s or 0.0, body.failing_s or 0.0) / body.allowed_s
    return body.kept, body.failing_s is None, 0.0 if body.kept else -worst


def _facts(lane: Lane) -> dict[str, Any]:
    return {name: getattr(lane, name) for name in lane.__slots__}


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in row.items()
    }
