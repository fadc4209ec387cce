"""The figures of a demo at one moment, read from the ledger as any other reader would."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exchange.delivery.lanes import Lane, Promises, lanes_now
from exchange.ledger.alarms import open_alarms
from exchange.ledger.balance import BUCKETS, Balance, balance
from exchange.rounds.status import Latency, Status, status
from exchange.store.connection import Store


@dataclass(frozen=True)
class Figures:
    """Counts in versions, by body and in all; seconds from event to confirmation; cases.

    ``lanes`` are the ways up with the end of their backlog, ``alarms`` those that stand.
    """

    balance: Balance
    status: Status
    lanes: list[Lane]
    alarms: list[dict[str, Any]]

    @property
    def latency(self) -> Latency:
        """Of all bodies together."""
        return self.status.latency[None]

    @property
    def opened(self) -> int:
        """Cases ever opened."""
        return sum(body["cases_opened"] for body in self.status.bodies)

    @property
    def closed(self) -> int:
        """Cases closed, because everything in them was mended and confirmed or withdrawn."""
        return sum(body["cases_closed"] for body in self.status.bodies)

    @property
    def total(self) -> dict[str, int]:
        """Acknowledged, the buckets of the balance, and what is unaccounted for."""
        return self.balance.total()

    def to_json(self) -> dict[str, Any]:
        """The result of a demo as one flat object."""
        total, latency = self.total, self.latency
        return {
            "received": total["acknowledged"],
            **{name: total[name] for name in ("confirmed", "returned", "held", "waiting")},
            **{name: total[name] for name in ("superseded", "withdrawn", "unaccounted")},
            "latency_s": {"p50": latency.p50, "p95": latency.p95, "p99": latency.p99},
            "cases": {"opened": self.opened, "closed": self.closed},
        }

    def line(self) -> str:
        """The figures in one line for a log."""
        total, latency = self.total, self.latency
        buckets = " ".join(f"{name} {total[name]}" for name in BUCKETS)
        seconds = "–" if latency.p99 is None else f"{latency.p50}/{latency.p95}/{latency.p99}"
        return (
            f"received {total['acknowledged']} = {buckets}; unaccounted {total['unaccounted']}; "
            f"p50/p95/p99 {seconds} s; cases {self.opened} opened, {self.closed} closed"
        )


def read(
    store: Store, promises: Promises, *, since: datetime, now: datetime, full: bool = False
) -> Figures:
    """The figures now; latencies over what was confirmed since ``since``.

    ``promises`` part fresh versions from backlog at ``now``. ``full`` counts everything
    anew instead of trusting the running count.

    Raises StoreUnreachableError while the store is away.
    """
    with store.transaction() as conn:
        counted = balance(conn, full=full)
    with store.transaction() as conn:
        return Figures(
            counted,
            status(conn, since=since),
            lanes_now(conn, promises, now=now),
            open_alarms(conn),
        )


def as_line(figures: Figures) -> str:
    """The result as one line of JSON, the last line a demo prints."""
    return json.dumps(figures.to_json(), ensure_ascii=False)
