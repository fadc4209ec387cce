"""A county's front database and a store, both real and thrown away, for the benchmarks.

The rows are valid projects (SPGL_XMJBXXB, the widest table that every body sends) under one flow
that the province has accepted, five of one owner.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from random import Random

import psycopg
from psycopg import sql

from connectors.base import Page, SourceRow
from connectors.county import Body, Contact
from connectors.county import Feed as BodyFeed
from connectors.front_database import FrontDatabase
from exchange.judging.judge import judge_due
from exchange.judging.rulesets import Rulesets
from exchange.landing.land import Feed, land
from exchange.store.addresses import APP, OWNER
from exchange.store.connection import Store
from exchange.store.embedded import Cluster
from exchange.store.migrate import migrate
from schemas import Standard
from schemas.check_digits import mod_11_10
from schemas.ddl import statements
from schemas.overlay import standard_for
from schemas.sample import codes, flow_setup, valid

BODY, DIVISION = "420602", "420602"
FLOW, PROJECT = "SPGL_SPLCXXB", "SPGL_XMJBXXB"
CHANGED = "GXSJ"
OF_ONE_OWNER, EACH_HUNDRED = 5, 100
ZONE = timezone(timedelta(hours=8))
_BOUND = ("XZQHDM", "SPLCBM", "SPLCBBH")
_OWNER = ("JSDW", "JSDWDM", "JSDWLX")


@dataclass(frozen=True)
class County:
    """One body: its front database (``front``, ``source``), our store, its rules."""

    front_dsn: str
    store_dsn: str
    store: Store
    rulesets: Rulesets
    standard: Standard
    flow: dict[str, str | None]
    cluster: Cluster

    @property
    def feed(self) -> Feed:
        """The feed of the projects."""
        return Feed(BODY, self.standard, self.standard.table(PROJECT))

    def owner_dsn(self, database: str) -> str:
        """The URL of ``front`` or ``exchange`` as their owner."""
        return self.cluster.dsn(database, OWNER)

    def source(self) -> FrontDatabase:
        """The body's front database as the pipeline reads it."""
        return FrontDatabase(BODY, self.front_dsn, (self.feed.table,), cursor=CHANGED)

    def fill(self, rows: int, *, first: int, changed: datetime, faulty: float = 0.02) -> None:
        """Write ``rows`` projects, changed at one time; a share of them lacks its name."""
        rng = Random(first)
        given = {code: self.flow[code] for code in _BOUND} | {"QJDGCDM": None}
        wall = changed.astimezone(ZONE).replace(tzinfo=None)
        names = [field.code for field in self.feed.table.fields]
        columns = sql.SQL(", ").join(map(sql.Identifier, (*names, CHANGED)))
        into = sql.SQL("copy {} ({}) from stdin").format(sql.Identifier(PROJECT), columns)
        owner: dict[str, str | None] = {}
        with (
            psycopg.connect(self.owner_dsn("front")) as conn,
            conn.cursor() as cursor,
            cursor.copy(into) as copy,
        ):
            for number in range(first, first + rows):
                row = valid(self.standard, PROJECT, rng, given=given)
                if number % OF_ONE_OWNER == 0 or not owner:
                    owner = {name: row[name] for name in _OWNER}
                row |= owner | _numbered(str(row["XMDM"]), number)
                if number % EACH_HUNDRED < EACH_HUNDRED * faulty:
                    row["XMMC"] = None
                row["LSH"] = str(number)
                copy.write_row((*(row[name] for name in names), wall))


def _numbered(project: str, number: int) -> dict[str, str | None]:
    """Codes of a project and of its part that no other number has."""
    thousands, rest = divmod(number, 100_000)
    body = f"{project[:-9]}{thousands + 1:02}-{rest:05}"
    code = body + mod_11_10(body.replace("-", ""))
    return {"XMDM": code, "GCDM": codes.unit_of(code)}


def rules_of(began: datetime) -> tuple[Rulesets, Standard]:
    """The rules of the one body, and the standard with its overlays."""
    feeds = {"3.0": BodyFeed("3.0", "none", None, {})}
    contacts = (Contact("办公室", "整改"),)
    body = Body(
        BODY, "测试县", frozenset({DIVISION}), began.date(), "none", timedelta(seconds=1), contacts,
        feeds,
    )  # fmt: skip
    rulesets = Rulesets({BODY: body})
    return rulesets, standard_for(rulesets.overlays(BODY), "3.0")


def rows_at(table: str, row: dict[str, str | None], changed: datetime) -> Page:
    """A page of one row, as a source would hand it over."""
    return Page((SourceRow(row, changed, f"{table} 1"),), None, None, "bench")


@contextmanager
def county() -> Iterator[County]:
    """A county and a store for the time of the block, on a server of their own (durable)."""
    with tempfile.TemporaryDirectory(prefix="spgl-bench-") as folder:
        cluster = Cluster(Path(folder) / "s")
        cluster.start()
        try:
            yield _made(cluster)
        finally:
            cluster.stop()


def _made(cluster: Cluster) -> County:
    cluster.ensure_role(OWNER)
    cluster.ensure_role(APP)
    for name in ("exchange", "front"):
        cluster.ensure_database(name, OWNER, users=(APP,))
    migrate(cluster.dsn("exchange", OWNER))
    began = datetime.now(UTC)
    rulesets, standard = rules_of(began)
    events = flow_setup(standard, DIVISION, Random(7), datetime(2026, 1, 5, 9))  # noqa: DTZ001 - wall time, as records have it; invented
    flow = next(dict(event.record) for event in events if event.table == FLOW)
    with psycopg.connect(cluster.dsn("front", OWNER)) as conn:
        for text in statements(
            standard.table(PROJECT), "postgresql", loose=True, change_column=CHANGED
        ):
            conn.execute(text.encode())
        conn.execute(f'grant select on "{PROJECT}" to {APP}'.encode())
    store = Store(cluster.dsn("exchange", APP), by="bench")
    with store.transaction() as conn:
        conn.execute(
            "insert into body (code, name, divisions, connector) values (%s, %s, %s, 'none')",
            (BODY, "测试县", [DIVISION]),
        )
        feed = Feed(BODY, standard, standard.table(FLOW))
        land(conn, feed, rows_at(FLOW, flow, began), began_at=None, now=began)
    judge_due(store, rulesets, now=datetime.now(UTC))
    with psycopg.connect(cluster.dsn("exchange", OWNER)) as conn:
        for state in ("sending", "sent", "confirmed"):
            conn.execute("update version set state = %s", (state,))
    return County(
        cluster.dsn("front", APP), cluster.dsn("exchange", APP), store, rulesets, standard, flow,
        cluster,
    )  # fmt: skip
