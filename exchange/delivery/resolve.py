"""Find out what became of writes with an unknown outcome, by asking upstream."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from connectors.base import ConnectorError, SendResult
from exchange.delivery import breaker
from exchange.delivery.deadletters import bury
from exchange.delivery.ladder import ask_at
from exchange.delivery.outbox import Step, priors, steps_to_send
from exchange.delivery.piecewise import piecewise
from exchange.delivery.send import Upstream, arrive, record_sent
from exchange.store.connection import Conn, Store
from exchange.store.queries import load

Q = load("delivery")
ABANDONED_AFTER = timedelta(seconds=5)
"""So long may lie between a sender's two transactions; in the second one its locks tell that it
lives. A live sender that takes longer loses nothing and doubles nothing: others ask for its rows
and send them, it sees that they are not its any more; it costs the way up's ``visible_after``."""
BROKEN_FOR = timedelta(minutes=10)


def find_abandoned(store: Store, upstream: Upstream, *, now: datetime, limit: int = 500) -> int:
    """Versions that a dead worker left in sending become unknown, to be asked for at once."""
    with store.transaction() as conn:
        left = {
            "standard": upstream.standard.version,
            "before": now - ABANDONED_AFTER,
            "limit": limit,
        }
        ids = [row["id"] for row in conn.execute(Q["abandoned_sendings"], left)]
        if ids:
            reason = "上报进程中断，结果待核实"
            conn.execute(Q["version_unknown"], {"ids": ids, "ask_at": now, "reason": reason})
        return len(ids)


def resolve_unknown(store: Store, upstream: Upstream, *, now: datetime, limit: int = 200) -> int:
    """Ask for up to ``limit`` unknown versions; returns how many are settled.

    A version of which every step is found upstream was sent. What is not found may still appear
    until the way up's ``visible_after`` is over; then it goes back to the queue and only the
    missing steps are sent.
    """
    with store.transaction() as conn:
        gate = breaker.gate(conn, upstream.name, now)
        if gate == "open":
            return 0
        most = 1 if gate == "trial" else limit
        due = {"standard": upstream.standard.version, "now": now, "limit": most}
        rows = conn.execute(Q["due_unknowns"], due).fetchall()
        if not rows:
            return 0
        steps = steps_to_send(conn, upstream.standard, [row["id"] for row in rows])
        try:
            found, broken = _ask(conn, upstream, steps)
        except ConnectorError as error:
            breaker.failed(conn, upstream.name, str(error), now)
            _later(conn, rows, now)
            return 0
        breaker.succeeded(conn, upstream.name, now)
        record_sent(conn, list(found.values()), now)
        missing = {step.version for step in steps if step.delivery not in found}
        arrive(conn, [row["id"] for row in rows if row["id"] not in missing], now)
        silent = {step.version: why for step in steps if (why := broken.get(step.delivery))}
        early = [row for row in rows if _too_early(row, missing, silent, upstream, now)]
        _later(conn, early, now)
        waiting = {row["id"] for row in early}
        bury(conn, {k: v for k, v in silent.items() if k not in waiting}, "unreadable", now)
        _queue(conn, sorted(missing - waiting - silent.keys()), now)
        return len(rows) - len(waiting)


def _too_early(
    row: Mapping[str, Any],
    missing: set[int],
    silent: Mapping[int, str],
    upstream: Upstream,
    now: datetime,
) -> bool:
    """Whether the row may still appear, or our question about it may still be put."""
    if row["id"] in silent:
        return bool(row["state_at"] + BROKEN_FOR > now)
    return row["id"] in missing and bool(row["state_at"] + upstream.visible_after > now)


def _ask(
    conn: Conn, upstream: Upstream, steps: Sequence[Step]
) -> tuple[dict[int, SendResult], dict[int, str]]:
    """What is there, by delivery, and the deliveries that cannot even be asked for."""
    counts = priors(conn, upstream.standard, steps)
    by_table: dict[str, list[Step]] = defaultdict(list)
    for step in steps:
        by_table[step.table.code].append(step)
    there: dict[int, SendResult] = {}
    broken: dict[int, str] = {}
    for of_table in by_table.values():
        rows = [step.outgoing(counts.get(step.delivery, 0)) for step in of_table]
        answers, bad = piecewise(partial(upstream.target.ask, of_table[0].table), rows)
        broken |= bad
        for row in rows:
            found = answers.get(row.delivery)
            if found is None:
                continue
            if found.count > row.prior:
                lsh = found.lshs[-1] if found.lshs else None
                there[found.delivery] = SendResult(found.delivery, "already", lsh=lsh)
            elif found.count < row.prior:
                _forget_lost(conn, found.delivery, row.prior - found.count)
    return there, broken


def _forget_lost(conn: Conn, delivery: int, missing: int) -> None:
    """Rows of the same content that we wrote earlier are gone upstream: they count no more.

    Only rows of versions that are not in effect any more are taken for the lost ones.
    """
    conn.execute(Q["forget_lost_priors"], {"delivery": delivery, "missing": missing})


def _queue(conn: Conn, versions: Sequence[int], now: datetime) -> None:
    if versions:
        conn.execute(
            Q["version_again"],
            {
                "ids": list(versions),
                "next_try_at": [now] * len(versions),
                "reasons": ["已核实未写入上级平台，重新上报"] * len(versions),
            },
        )


def _later(conn: Conn, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    if not rows:
        return
    conn.execute(
        Q["ask_again"],
        {
            "ids": [row["id"] for row in rows],
            "next_try_at": [
                ask_at(now, (now - row["state_at"]).total_seconds(), row["id"]) for row in rows
            ],
        },
    )
