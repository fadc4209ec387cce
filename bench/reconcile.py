"""Source, ledger and upstream against each other: four times the records must cost four times.

Confirmed records lie at their bodies, in the ledger and upstream, equal everywhere. The bodies are
reconciled one after the other: first when nothing was ever compared, then when nothing has changed,
then when of a hundred records one was altered upstream and one is there that we never sent.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import psycopg
from psycopg import sql

from bench.county import CHANGED, DIVISION, PROJECT, County, county
from bench.machine import machine
from bench.province import make
from connectors.connections import Connections
from connectors.county import Body, Contact
from connectors.county import Feed as BodyFeed
from connectors.upstream import load_upstream
from exchange.judging.rulesets import Rulesets
from exchange.rounds.reconciling import Platform, reconcile_body
from exchange.rounds.wiring import Exchange, register_bodies
from exchange.settings import Settings
from exchange.store.addresses import APP
from exchange.store.identity import content_hash, record_key
from schemas.ddl import statements
from schemas.sample import valid

TIMES, OF = 4, 100
STANDARD = "3.0"
FIRST, AGAIN, DISTURBED = "never compared before", "nothing has changed", "1 % altered, 1 % strange"
Record = dict[str, str | None]
_DAY = timedelta(days=1)
_AT_ONCE = 10_000
_BATCH = """
insert into batch (id, body, standard, table_code, origin, rows_read, rows_new, rows_replayed,
                   content_hash) overriding system value
values (%s, %s, %s, %s, 'bench', %s, %s, 0, '')
"""
_FEED = "insert into feed (body, standard, table_code, pulled_at) values (%s, %s, %s, now())"
_VERSION = (
    "id", "body", "standard", "table_code", "table_order", "record_key", "revision",
    "content_hash", "valid", "batch_id", "place", "raw", "state", "state_reason", "pulled_at",
    "sent_at", "confirmed_at",
)  # fmt: skip
_DELIVERY = (
    "version_id", "step", "kind", "standard", "table_code", "payload", "content_hash", "outcome",
    "tried", "lsh", "sent_at",
)  # fmt: skip
_ALTER = """update {0} set "XMMC" = "XMMC" || '*' where "LSH" %% %(of)s = 1"""
_STRANGE = """
insert into {0} ("LSH", {1}) select "LSH" + 1000000000, {1} from {0} where "LSH" %% %(of)s = 2
"""


def main(arguments: list[str]) -> int:
    """Measure and print; ``--rows`` confirmed at first, of so many ``--bodies`` together."""
    parser = argparse.ArgumentParser(prog="bench reconcile")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--bodies", type=int, default=1)
    parser.add_argument("--format", choices=("text", "json"), default="text")
    options = parser.parse_args(arguments)
    described = machine()
    sizes = (options.rows, options.rows * TIMES)
    measured = [_measure(rows, options.bodies) for rows in sizes]
    if options.format == "json":
        named = {
            f"{rows} records confirmed, seconds": {
                what: round(value, 2) for what, value in each.items()
            }
            for rows, each in zip(sizes, measured, strict=True)
        }
        print(json.dumps({"machine": described.to_json(), "bodies": options.bodies, **named}))
        return 0
    print(described.sentence())
    little, much = measured
    print(
        f"{f'seconds, {options.bodies} bodies, by records':34}{sizes[0]:>10}{sizes[1]:>10}   ratio"
    )
    for name, value in little.items():
        print(f"{name:34}{value:>10.2f}{much[name]:>10.2f}{much[name] / value:>8.2f}")
    return 0


def _measure(rows: int, bodies: int) -> dict[str, float]:
    """Seconds to reconcile all bodies, by what had happened since the time before."""
    spans = {}
    with county() as there:
        scene = _Scene(there, bodies)
        scene.fill(rows)
        for name in (FIRST, AGAIN, DISTURBED):
            differing = scene.disturb() if name == DISTURBED else 0
            began = time.perf_counter()
            found = scene.reconcile()
            spans[name] = time.perf_counter() - began
            wanted = {"compared": rows, "sent": rows, "there": rows, "differences": differing}
            if any(found[what] != count for what, count in wanted.items()):
                raise SystemExit(f"not measured: {dict(found)}, not {wanted}")
    return spans


class _Scene:
    """Bodies with a table each, the ledger, and the province's front database."""

    def __init__(self, there: County, bodies: int) -> None:
        self._there = there
        self._table = there.feed.table
        self._names = [field.code for field in self._table.fields]
        self._province = make(there.cluster, there.standard, PROJECT)
        made = {body.code: body for body in map(_body, range(bodies))}
        with psycopg.connect(there.owner_dsn("front")) as conn:
            for code in made:
                self._create(conn, _schema(code))
        stored = {
            "SPGL_CONN_FRONT": there.front_dsn,
            f"SPGL_CONN_{load_upstream().targets[STANDARD].connection.upper()}": self._province,
        }
        self._exchange = Exchange(
            Settings(state=Path(there.cluster.folder), database_url=there.store_dsn),
            there.store, made, Rulesets(made), Connections(stored),
        )  # fmt: skip
        register_bodies(self._exchange)

    def fill(self, rows: int) -> None:
        """Let there be so many confirmed records, spread evenly over the bodies."""
        at = datetime.now(UTC) - _DAY
        codes = sorted(self._exchange.bodies)
        with psycopg.connect(self._there.cluster.dsn("exchange", "postgres")) as conn:
            conn.execute("set session_replication_role = replica")
            for batch, code in enumerate(codes):
                own = range(1 + batch, 1 + rows, len(codes))
                conn.execute(_FEED, [code, STANDARD, PROJECT])
                conn.execute(_BATCH, [-batch, code, STANDARD, PROJECT, len(own), len(own)])
                for start in range(0, len(own), _AT_ONCE):
                    self._write(conn, code, batch, own[start : start + _AT_ONCE], at)
        for database in ("exchange", "front", "province"):
            url = self._there.cluster.dsn(database, "postgres")
            with psycopg.connect(url, autocommit=True) as conn:
                conn.execute("vacuum analyze")

    def disturb(self) -> int:
        """Alter some rows upstream and put strange ones there; how many differences that makes."""
        table = sql.Identifier(PROJECT)
        names = sql.SQL(", ").join(sql.Identifier(name) for name in self._names if name != "LSH")
        with psycopg.connect(self._province) as conn:
            return sum(
                conn.execute(sql.SQL(text).format(table, names), {"of": OF}).rowcount
                for text in (_ALTER, _STRANGE)
            )

    def reconcile(self) -> Counter[str]:
        """Reconcile all bodies; the counts of all together, and how many differences stand."""
        now, total = datetime.now(UTC), Counter[str]()
        with Platform(self._exchange, now) as platform:
            for code in self._exchange.bodies:
                one = reconcile_body(self._exchange, platform, code, now, timedelta(0))
                if one.errors:
                    raise SystemExit(f"not measured: {one.errors}")
                total.update(one.counts)
                total["differences"] += len(one.differences)
        return total

    def _create(self, conn: psycopg.Connection, schema: str) -> None:
        conn.execute(f"create schema {schema}".encode())
        for text in statements(
            self._table, "postgresql", loose=True, change_column=CHANGED, schema=schema
        ):
            conn.execute(text.encode())
        conn.execute(f"grant usage on schema {schema} to {APP}".encode())
        conn.execute(f"grant select on all tables in schema {schema} to {APP}".encode())

    def _write(
        self, conn: psycopg.Connection, code: str, batch: int, numbers: Sequence[int], at: datetime
    ) -> None:
        """These records of a body, confirmed, wherever they belong."""
        table, changed = self._table, (at - _DAY).replace(tzinfo=None)
        rows = list(self._records(code, numbers))
        with psycopg.connect(self._there.owner_dsn("front")) as front:
            cells = ([*row.values(), changed] for row in rows)
            _copy(front, (_schema(code), PROJECT), (*self._names, CHANGED), cells)
        with psycopg.connect(self._province) as above:
            taken = ([*(row | {"SJSCZT": "3"}).values()] for row in rows)
            _copy(above, (PROJECT,), self._names, taken)
        known = [
            (int(row["LSH"] or 0), json.dumps(row, ensure_ascii=False), content_hash(table, row))
            for row in rows
        ]
        _copy(conn, ("version",), _VERSION, (
            [-number, code, STANDARD, PROJECT, 1, record_key(table, row, ""), 1, content, True,
             -batch, "x", text, "confirmed", "x", at, at, at]
            for row, (number, text, content) in zip(rows, known, strict=True)
        ))  # fmt: skip
        _copy(conn, ("delivery",), _DELIVERY, (
            [-number, 1, "insert", STANDARD, PROJECT, text, content, "confirmed", True,
             str(number), at]
            for number, text, content in known
        ))  # fmt: skip

    def _records(self, code: str, numbers: Sequence[int]) -> Iterator[Record]:
        given = {"XZQHDM": _division(code), "QJDGCDM": None}
        alike = valid(self._there.standard, PROJECT, Random(7), given=given)
        for number in numbers:
            own = {"LSH": str(number), "GCDM": f"{code}-{number}", "DFSJZJ": str(number)}
            yield dict.fromkeys(self._names) | alike | own


def _body(number: int) -> Body:
    """A body that reports for a division of its own."""
    code = f"{DIVISION}-{number:03}"
    options = {"cursor": CHANGED, "schema": _schema(code)}
    return Body(
        code, code, frozenset({_division(code)}), date(2026, 1, 1), "front_database",
        timedelta(seconds=2), (Contact("办公室", "整改"),),
        {STANDARD: BodyFeed(STANDARD, "front", (PROJECT,), options)},
    )  # fmt: skip


def _division(code: str) -> str:
    return f"900{code[-3:]}"


def _schema(code: str) -> str:
    return f"body_{code[-3:]}"


def _copy(
    conn: psycopg.Connection,
    table: tuple[str, ...],
    names: Sequence[str],
    rows: Iterable[Sequence[object]],
) -> None:
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    into = sql.SQL("copy {} ({}) from stdin").format(sql.Identifier(*table), columns)
    with conn.cursor() as cursor, cursor.copy(into) as copy:
        for row in rows:
            copy.write_row(row)
