"""The reconciling round: source, ledger and upstream of some bodies against each other."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as datetime_time
from typing import Any, Self

from connectors.base import ConnectorError, Target
from connectors.county import Body
from connectors.upstream_reading import UpstreamReading
from exchange.landing.land import Feed
from exchange.reconciling.differences import Q, accept, open_differences, vanished_until
from exchange.reconciling.ledger import compare_with_itself, compare_with_source, counts
from exchange.reconciling.upstream import SETTLED_FOR, compare_with_upstream
from exchange.rounds.comparing import compare_body
from exchange.rounds.wiring import Exchange, opened, register_bodies
from exchange.settings import Settings

ERROR_LENGTH = 500


@dataclass(slots=True)
class Reconciled:
    """What reconciling one body came to.

    ``counts`` are numbers of rows: source_rows, records, versions, not_yet, confirmed, of the
    comparing with the source (compared, missed, waiting, vanished) and with upstream (sent, there,
    unanswered, listed). ``differences`` are those that stand. ``errors`` say what could not be
    compared, by side. ``source_compared`` is false where the way of delivery has no rows to compare
    (files, requests): then only ledger and upstream are.
    """

    body: str
    counts: Counter[str] = field(default_factory=Counter)
    differences: list[dict[str, Any]] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    source_compared: bool = True

    @property
    def agrees(self) -> bool:
        """Whether nothing is unexplained."""
        return not self.differences

    def to_json(self) -> dict[str, Any]:
        """The result as a JSON object."""
        return {
            "body": self.body,
            "counts": dict(self.counts),
            "differences": self.differences,
            "errors": self.errors,
            "source_compared": self.source_compared,
            "seconds": round(self.seconds, 2),
        }


def reconcile(
    settings: Settings,
    bodies: Sequence[str],
    *,
    now: datetime,
    settled_for: timedelta = SETTLED_FOR,
) -> list[Reconciled]:
    """Reconcile these bodies one after the other; what one side's failure hides is in ``errors``.

    What was sent upstream within ``settled_for`` is not looked for there yet.
    """
    with opened(settings, work="reconcile") as exchange:
        register_bodies(exchange)
        with Platform(exchange, now) as platform:
            return [reconcile_body(exchange, platform, code, now, settled_for) for code in bodies]


def shown(settings: Settings, bodies: Sequence[str]) -> list[Reconciled]:
    """The last reconciliation of each of these bodies, with the differences that stand now."""
    with opened(settings, work="reconcile") as exchange, exchange.store.transaction() as conn:
        standing = open_differences(conn, bodies)
        last = conn.execute(Q["last_reconciliations"], {"bodies": list(bodies)}).fetchall()
    found = {
        row["body"]: Reconciled(
            row["body"], Counter(row["counts"]), [], row["errors"] or {}, row["seconds"]
        )
        for row in last
    }
    for row in standing:
        found.setdefault(row["body"], Reconciled(row["body"])).differences.append(row)
    return list(found.values())


def accept_differences(
    settings: Settings, numbers: Sequence[int], *, who: str, why: str, now: datetime
) -> list[int]:
    """A person takes these differences as explained; returns those that stood and were taken."""
    with opened(settings, work="reconcile") as exchange, exchange.store.transaction() as conn:
        return accept(conn, numbers, who=who, why=why, now=now)


def vanished(
    settings: Settings, body: str, table_code: str | None, until: date, *, now: datetime
) -> list[dict[str, Any]]:
    """The records of a body that were found vanished up to the end of a day and still stand.

    Raises UnknownTableError for a table that no standard of the body has.
    """
    with opened(settings, work="reconcile") as exchange, exchange.store.transaction() as conn:
        _known(exchange, body, table_code)
        return vanished_until(conn, body, table_code, _end_of(exchange, until, now))


def accept_vanished(
    settings: Settings,
    body: str,
    table_code: str | None,
    until: date,
    *,
    who: str,
    why: str,
    now: datetime,
) -> int:
    """A person takes all of those as explained, all or none; how many there were.

    Each is in the audit by itself. What vanishes later, or is found later, is not among them.
    Raises UnknownTableError as ``vanished`` does.
    """
    with opened(settings, work="reconcile") as exchange, exchange.store.transaction() as conn:
        _known(exchange, body, table_code)
        rows = vanished_until(conn, body, table_code, _end_of(exchange, until, now))
        return len(accept(conn, [row["id"] for row in rows], who=who, why=why, now=now))


def _known(exchange: Exchange, body: str, table_code: str | None) -> None:
    """A table that was mistyped is not one of which nothing vanished."""
    standards = [exchange.standard(body, version) for version in exchange.bodies[body].feeds]
    if table_code is not None and not any(table_code in one.tables for one in standards):
        standards[-1].table(table_code)


def _end_of(exchange: Exchange, day: date, now: datetime) -> datetime:
    """The end of a day where the office is."""
    return datetime.combine(day + timedelta(days=1), datetime_time(), exchange.policy(now).zone)


def reconcile_body(
    exchange: Exchange, platform: Platform, code: str, now: datetime, settled_for: timedelta
) -> Reconciled:
    """Compare every table of one body with its source and with the platform; kept as a row."""
    began = time.monotonic()
    result = Reconciled(code)
    compared = compare_body(exchange, code, now)
    result.source_compared = compared is not None
    if compared is not None:
        for name in ("compared", "missed", "waiting", "vanished"):
            result.counts[name] += getattr(compared.swept, name)
        if compared.error:
            result.errors["source"] = compared.error[:ERROR_LENGTH]
    body = exchange.bodies[code]
    for version, feeds in exchange.feeds(body).items():
        for feed in feeds:
            if compared is not None and not compared.error:
                compare_with_source(exchange.store, feed.key(), now=now)
            compare_with_itself(exchange.store, feed.key(), now=now)
            with exchange.store.transaction() as conn:
                result.counts.update(counts(conn, feed.key()))
        if version in exchange.upstream_versions():
            _upstream(exchange, platform, version, feeds, now, settled_for, result)
    result.seconds = time.monotonic() - began
    with exchange.store.transaction() as conn:
        result.differences = open_differences(conn, [code])
        conn.execute(
            Q["insert_reconciliation"],
            {
                "body": code,
                "at": now,
                "seconds": result.seconds,
                "counts": json.dumps(result.counts),
                "open": len(result.differences),
                "errors": json.dumps(result.errors, ensure_ascii=False) if result.errors else None,
            },
        )
    return result


class Platform:
    """The ways up, one for each version, opened when first asked for and shared by all bodies.

    What is read at the opening of a way is as much for one body as for a hundred.
    """

    def __init__(self, exchange: Exchange, now: datetime) -> None:
        self._exchange = exchange
        self._now = now
        self._targets: dict[str, Target] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for target in self._targets.values():
            target.close()

    def target(self, version: str) -> Target:
        """The way up for a version; raises StopError."""
        if version not in self._targets:
            self._targets[version] = self._exchange.upstream(version, self._now).target
        return self._targets[version]


def own_divisions(bodies: Mapping[str, Body], code: str) -> set[str]:
    """The divisions whose strange rows upstream are shown with this body and with no other.

    A division that several bodies report for belongs to the one that reports for the fewest.
    """
    found = set()
    for division in bodies[code].divisions:
        reporting = [body for body in bodies.values() if division in body.divisions]
        owner = min(reporting, key=lambda body: (len(body.divisions), body.code))
        if owner.code == code:
            found.add(division)
    return found


def _upstream(
    exchange: Exchange,
    platform: Platform,
    version: str,
    feeds: Sequence[Feed],
    now: datetime,
    settled_for: timedelta,
    result: Reconciled,
) -> None:
    """The feeds of one version against the platform that takes it."""
    divisions = own_divisions(exchange.bodies, result.body)
    try:
        target = platform.target(version)
        if not isinstance(target, UpstreamReading):
            result.errors[f"upstream {version}"] = "此上报方式不能核对"
            return
        for feed in feeds:
            found = compare_with_upstream(
                exchange.store,
                target,
                feed.key(),
                feed.table,
                divisions,
                now=now,
                settled_for=settled_for,
            )
            for name in ("sent", "there", "unanswered"):
                result.counts[name] += getattr(found, name)
            result.counts["listed"] += found.listed or 0
    except ConnectorError as error:
        result.errors[f"upstream {version}"] = str(error)[:ERROR_LENGTH]
