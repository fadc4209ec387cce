"""A province for delivery tests: its real front database, and an official who answers on demand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row

from connectors.provincial_database import ProvincialDatabase
from connectors.upstream import Limits, RefusalText
from exchange.delivery.confirm import Confirmed, read_verdicts
from exchange.delivery.lanes import Promises
from exchange.delivery.send import Sent, Upstream, send_queued
from schemas import Standard
from schemas.ddl import create_table
from tests.exchange.records import FLOW, World
from tests.stores import Postgres


@dataclass
class Province:
    """The front database of the platform above, with the tables that are asked for."""

    dsn: str
    standard: Standard
    refusals: tuple[RefusalText, ...] = ()
    promises: Promises = field(default_factory=Promises)
    limits: Limits = field(default_factory=Limits)
    targets: list[ProvincialDatabase] = field(default_factory=list)

    @classmethod
    def made(cls, postgres: Postgres, name: str, standard: Standard, *tables: str) -> Province:
        """A new front database."""
        dsn = postgres.create_database(name)
        with psycopg.connect(dsn) as conn:
            for code in tables:
                ddl = create_table(standard.table(code), "postgresql", lsh="identity", loose=False)
                conn.execute(ddl.encode())
        return cls(dsn, standard)

    def upstream(self) -> Upstream:
        """The way there, with a target of its own, as one worker has it."""
        url = self.dsn.replace("postgresql://", "postgresql+psycopg2://", 1)
        target = ProvincialDatabase(url, self.standard)
        self.targets.append(target)
        return Upstream(
            "province/3.0", self.standard, target, "更正", timedelta(0), self.refusals,
            self.promises, self.limits,
        )  # fmt: skip

    def rows(self, table: str) -> list[dict[str, Any]]:
        """All rows of a table, in the order of their serial numbers."""
        with psycopg.connect(self.dsn, row_factory=dict_row) as conn:
            return conn.execute(f'select * from "{table}" order by "LSH"'.encode()).fetchall()

    def answer(self, table: str, status: int = 3, reason: str | None = None) -> int:
        """Decide on all rows that are new."""
        with psycopg.connect(self.dsn) as conn:
            return conn.execute(
                f'update "{table}" set "SJSCZT" = %s, "SBYY" = %s where "SJSCZT" = 0'.encode(),
                (status, reason),
            ).rowcount

    def lose(self, table: str) -> None:
        """Say yes and lose it: the rows vanish."""
        with psycopg.connect(self.dsn) as conn:
            conn.execute(f'delete from "{table}"'.encode())

    def close(self) -> None:
        """Give the connections of all targets back."""
        for target in self.targets:
            target.close()


def send(world: World, province: Province, limit: int = 200) -> Sent:
    """One worker sends what is queued."""
    return send_queued(world.store, province.upstream(), now=world.now, limit=limit)


def confirm(world: World, province: Province) -> Confirmed:
    """One worker reads the verdicts that are due, two minutes later."""
    world.pass_time(minutes=2)
    return read_verdicts(world.store, province.upstream(), now=world.now)


def passed(world: World, *rows: dict[str, str | None], at: int = 0) -> None:
    """Land and judge rows of the flow table; they must pass."""
    world.land(FLOW, *rows, at=at)
    judged = world.judge()
    assert judged.failed == 0
