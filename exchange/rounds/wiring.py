"""What a round works with: the store, the bodies, their rules, the ways up. Opened at the edge."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from connectors.base import Source, Target
from connectors.connections import Connections
from connectors.county import Body, load_bodies, open_source
from connectors.upstream import load_upstream, open_target
from exchange.delivery.lanes import Promises
from exchange.delivery.send import Upstream
from exchange.judging.rulesets import Rulesets
from exchange.landing.land import Feed
from exchange.memory import look_for_cycles_seldom
from exchange.settings import Settings
from exchange.store.addresses import app_url
from exchange.store.connection import Store
from exchange.store.queries import load as load_sql
from schemas import Standard
from schemas.overlay import standard_for
from schemas.policy import Policy


@dataclass(frozen=True)
class Exchange:
    """One worker's tools. Make it with ``opened``; it is safe for threads but for sources."""

    settings: Settings
    store: Store
    bodies: Mapping[str, Body]
    rulesets: Rulesets
    connections: Connections

    def feeds(self, body: Body) -> dict[str, list[Feed]]:
        """The tables a body delivers, by version of the standard, parents first."""
        found = {}
        for version, feed in body.feeds.items():
            standard = self.standard(body.code, version)
            tables = feed.tables_of(standard)
            found[version] = [Feed(body.code, standard, table) for table in tables]
        return found

    def standard(self, body: str, version: str) -> Standard:
        """A version of the standard with the overlays that hold for a body."""
        return standard_for(self.rulesets.overlays(body), version)

    def source(self, body: Body, version: str) -> Source:
        """Open the body's source for one version; nothing is contacted yet."""
        return open_source(body, self.standard(body.code, version), self.connections)

    @cached_property
    def _upstream_standards(self) -> dict[str, Standard]:
        """The versions that go up, with the overlays all bodies share."""
        shared = set.intersection(*(set(self.rulesets.overlays(body)) for body in self.bodies))
        names = tuple(sorted(shared, key=lambda name: (not name.endswith("0000"), name)))
        return {version: standard_for(names, version) for version in load_upstream().targets}

    def upstream(self, version: str, now: datetime) -> Upstream:
        """The way up for one version of the standard, with a target of its own."""
        policy = self.policy(now)
        upstream = load_upstream()
        standard = self._upstream_standards[version]
        target: Target = open_target(standard, self.connections, upstream)
        return Upstream(
            name=f"{upstream.code}/{version}",
            standard=standard,
            target=target,
            correction_reason=policy.invalid_reason,
            collect_for=timedelta(seconds=policy.collect_for_s),
            refusals=upstream.refusals,
            promises=self.promises(now),
            limits=upstream.limits,
            visible_after=timedelta(seconds=upstream.targets[version].visible_after_s),
        )

    def promises(self, now: datetime) -> Promises:
        """How soon the records of each body must be accepted above, by the policies now."""
        return promises_of(self.rulesets, self.bodies, now)

    def upstream_versions(self) -> tuple[str, ...]:
        """The versions of the standard that the platform above takes."""
        return tuple(load_upstream().targets)

    def policy(self, now: datetime) -> Policy:
        """The policy of the installation: that of its first body."""
        return self.rulesets.policy(min(self.bodies), now)


def promises_of(rulesets: Rulesets, bodies: Iterable[str], now: datetime) -> Promises:
    """The promise of each body by its policy; others get that of the first body."""
    by_body = {code: rulesets.policy(code, now).clock_limit for code in sorted(bodies)}
    return Promises(next(iter(by_body.values())), by_body)


@contextmanager
def opened(settings: Settings, *, work: str) -> Iterator[Exchange]:
    """The tools for one piece of work; ``work`` names it in the journey, with host and process."""
    look_for_cycles_seldom()
    store = Store(app_url(settings), by=f"{work}@{socket.gethostname()}:{os.getpid()}")
    try:
        bodies = load_bodies()
        yield Exchange(
            settings=settings,
            store=store,
            bodies=bodies,
            rulesets=Rulesets(bodies, settings.policy),
            connections=Connections(file=settings.connections),
        )
    finally:
        store.close()


def register_bodies(exchange: Exchange) -> None:
    """Put the bodies of the county files into the store: pages and joins know their names then.

    A table that a body's file no longer names cannot fail any more: nobody would ever read it well.
    """
    queries = load_sql("landing")
    with exchange.store.transaction() as conn:
        for row in conn.execute(queries["failing_feeds"]).fetchall():
            if not _delivers(exchange, **row):
                conn.execute(queries["feed_left"], row)
        for body in exchange.bodies.values():
            conn.execute(
                queries["register_body"],
                {
                    "code": body.code,
                    "name": body.name,
                    "divisions": sorted(body.divisions),
                    "connector": body.connector,
                },
            )


def _delivers(exchange: Exchange, body: str, standard: str, table_code: str) -> bool:
    """Whether the county files say that this body delivers this table."""
    known = exchange.bodies.get(body)
    feed = known.feeds.get(standard) if known else None
    if feed is None:
        return False
    tables = feed.tables_of(exchange.standard(body, standard))
    return any(table.code == table_code for table in tables)
