"""The comparing rounds: small ranges all day inside a budget, everything at night or when asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from connectors.base import ConnectorError, Source
from connectors.key_ranges import RangeSource
from exchange.landing.land import Feed
from exchange.landing.sweep import Swept, sweep
from exchange.rounds.wiring import Exchange, opened, register_bodies
from exchange.settings import Settings
from exchange.store.queries import load

Q = load("sweeping")
SETTLED_FOR = timedelta(hours=4)
NOTHING_DUE_S = 60.0


@dataclass(slots=True)
class Allowance:
    """How much of a body's time may go into comparing: ``share`` of what has passed."""

    share: float
    began: float = field(default_factory=time.monotonic)
    used: float = 0.0
    rests_until: float = 0.0

    def left(self) -> bool:
        """Whether a range may be compared now."""
        here = time.monotonic()
        return here >= self.rests_until and self.used < self.share * (here - self.began)

    def spend(self, swept: Swept) -> None:
        """Count what was used; when nothing was due, rest a minute."""
        self.used += swept.seconds
        if not swept.ranges:
            self.rests_until = time.monotonic() + NOTHING_DUE_S


def compare_some(
    exchange: Exchange,
    source: Source,
    feeds: Sequence[Feed],
    allowance: Allowance,
    *,
    now: datetime,
    on_landed: Callable[[int], None],
) -> Swept:
    """The range compared longest ago, if the allowance has room and some hours have passed."""
    if not isinstance(source, RangeSource) or not allowance.left():
        return Swept()
    swept = sweep(
        exchange.store,
        source,
        feeds,
        now=now,
        older_than=SETTLED_FOR,
        until=lambda: True,
        on_landed=on_landed,
    )
    allowance.spend(swept)
    return swept


@dataclass(frozen=True, slots=True)
class Compared:
    """What comparing a body with its source came to; ``error`` says why it could not be done."""

    body: str
    swept: Swept
    error: str | None = None


def compare_all(settings: Settings, bodies: Sequence[str], *, now: datetime) -> list[Compared]:
    """Compare every table of these bodies with what we hold; one body's failure is its own.

    Bodies whose source cannot be compared (files, requests) are left out.
    """
    with opened(settings, work="compare") as exchange:
        register_bodies(exchange)
        found = [compare_body(exchange, code, now) for code in bodies]
    return [one for one in found if one is not None]


def compare_body(exchange: Exchange, code: str, now: datetime) -> Compared | None:
    """Compare every table of one body; None when its source cannot be compared."""
    total, body, can = Swept(), exchange.bodies[code], False
    for version, feeds in exchange.feeds(body).items():
        try:
            source = exchange.source(body, version)
        except ConnectorError as error:
            return Compared(code, total, str(error))
        try:
            if not isinstance(source, RangeSource):
                continue
            can = True
            total.add(
                sweep(
                    exchange.store,
                    source,
                    feeds,
                    now=now,
                    older_than=timedelta(0),
                    until=lambda: False,
                )
            )
        except ConnectorError as error:
            return Compared(code, total, str(error))
        finally:
            source.close()
    return Compared(code, total) if can else None


def misses(settings: Settings, bodies: Sequence[str], *, since: date) -> list[Mapping[str, Any]]:
    """Per body, table and day: rows compared, versions the pull brought, versions it missed."""
    with opened(settings, work="compare") as exchange, exchange.store.transaction() as conn:
        return list(conn.execute(Q["misses"], {"bodies": list(bodies), "since": since}))
