"""Many bodies under Airflow: from the commit at a body until the province has accepted the version.

Airflow runs all near-real-time flows of the exchange; the province answers at once (it looks five
times a second). The bodies' databases are all built alike. Versions arrive evenly, each at a body
chosen by chance. Told are the seconds, the processor time of everything that is ours (Airflow, its
tasks, the store) while idle and under load, and its memory.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from random import Random

import psutil
import psycopg
from psycopg import sql

from bench.city import Front, ManyBodies, many_bodies
from bench.county import CHANGED, FLOW, PROJECT, ZONE
from bench.province import accepting
from bench.report import Number, report
from schemas import Standard
from schemas.sample import valid

LONGEST_WAIT_S = 600
SAMPLED_EVERY_S, WEIGHED_EVERY_S = 0.5, 10.0
Record = dict[str, str | None]
_LATENCIES = """
select count(*) as confirmed,
       percentile_cont(array[0.5, 0.95, 0.99, 1]) within group (
           order by extract(epoch from confirmed_at - committed_at)) as seconds
from version where state = 'confirmed' and table_code = %s
"""


_HOPS = """
select percentile_cont(0.5) within group (order by extract(epoch from pulled_at - committed_at)),
       percentile_cont(0.5) within group (order by extract(epoch from judged_at - pulled_at)),
       percentile_cont(0.5) within group (order by extract(epoch from sent_at - judged_at)),
       percentile_cont(0.5) within group (order by extract(epoch from confirmed_at - sent_at))
from version where state = 'confirmed' and table_code = %s
"""


def main(arguments: list[str]) -> int:
    """Measure and print; ``--bodies``, ``--rate`` (versions a second), ``--seconds``."""
    numbers = {
        "bodies": Number(100),
        "rate": Number(20, "versions a second"),
        "seconds": Number(120),
        "idle": Number(60, "seconds to be measured at rest"),
        "keep": Number(0, "seconds to stay up, for a look"),
    }
    return report("bodies", arguments, numbers, _measure)


def _measure(bodies: int, rate: int, seconds: int, idle: int, keep: int) -> dict[str, object]:
    with many_bodies(bodies) as city, accepting(city.province, FLOW, PROJECT):
        measured = _lived(city, rate, seconds, idle)
        if keep:
            print(city.address, city.settings.state, flush=True)
            time.sleep(keep)
        return measured


def _lived(city: ManyBodies, rate: int, seconds: int, idle: int) -> dict[str, object]:
    for front in city.fronts:
        with psycopg.connect(front.dsn) as conn:
            _write(conn, FLOW, [front.flow])
    _until_confirmed(city, FLOW, len(city.fronts))
    resting = _Meter(city)
    ends = time.monotonic() + idle
    while time.monotonic() < ends:
        resting.sample()
        time.sleep(SAMPLED_EVERY_S)
    meter = _Meter(city)
    _offer(city, rate, seconds, meter)
    versions = rate * seconds
    p50, p95, p99, most = _until_confirmed(city, PROJECT, versions, meter)
    return {
        "bodies": len(city.fronts),
        "versions": versions,
        "a second": rate,
        "commit to confirmed, seconds": {
            "p50": round(p50, 1), "p95": round(p95, 1), "p99": round(p99, 1),
            "longest": round(most, 1),
        },
        "of these, median of each hop": _hops(city),
        "processor seconds a second, at rest": round(resting.used / resting.took, 2),
        "processor seconds a second, under load": round(meter.used / meter.took, 2),
        "processor seconds for 1,000 versions, beyond rest": round(
            (meter.used - resting.used / resting.took * meter.took) / versions * 1000, 1
        ),
        "memory at rest, MiB": round(resting.memory),
        "memory under load, MiB": round(meter.memory),
    }  # fmt: skip


def _hops(city: ManyBodies) -> dict[str, float]:
    with psycopg.connect(city.store) as conn:
        found = conn.execute(_HOPS, [PROJECT]).fetchone()
    assert found is not None
    names = ("pulled", "judged", "sent", "confirmed")
    return {name: round(float(each), 1) for name, each in zip(names, found, strict=True)}


class _Meter:
    """Processor time and memory of everything that is ours, from its making to the last sample."""

    def __init__(self, city: ManyBodies) -> None:
        self._city = city
        self._first: dict[tuple[int, float], float] = {}
        self._last: dict[tuple[int, float], float] = {}
        self._began = self._weigh_at = time.monotonic()
        self.memory = 0.0
        self._look(self._first)

    def sample(self) -> None:
        """Look at every process; what ended since is counted as it was last seen."""
        self._look(self._last)

    @property
    def used(self) -> float:
        """Processor seconds."""
        return sum(used - self._first.get(key, 0.0) for key, used in self._last.items())

    @property
    def took(self) -> float:
        """Seconds from the making to the last sample."""
        return self._ended - self._began

    def _look(self, into: dict[tuple[int, float], float]) -> None:
        self._ended = time.monotonic()
        weighs = self._ended >= self._weigh_at
        memory = 0
        for process in self._city.processes():
            with suppress(psutil.Error):
                times = process.cpu_times()
                into[process.pid, process.create_time()] = times.user + times.system
                if weighs:
                    memory += process.memory_full_info().pss
        if weighs:
            self._weigh_at = self._ended + WEIGHED_EVERY_S
            self.memory = max(self.memory, memory / 2**20)


def _offer(city: ManyBodies, rate: int, seconds: int, meter: _Meter) -> None:
    """Even portions, ten a second at most, each row committed at its body as it is due."""
    rng = Random(rate)
    due = list(_records(city.standard, city.fronts, rate * seconds, rng))
    by_body: dict[str, psycopg.Connection] = {}
    with ExitStack() as open_connections:
        began = time.monotonic()
        sampled = began
        for number, (front, record) in enumerate(due):
            time.sleep(max(0.0, began + number / rate - time.monotonic()))
            if front.code not in by_body:
                by_body[front.code] = open_connections.enter_context(psycopg.connect(front.dsn))
            _write(by_body[front.code], PROJECT, [record])
            if time.monotonic() - sampled > SAMPLED_EVERY_S:
                meter.sample()
                sampled = time.monotonic()


def _records(
    standard: Standard, fronts: tuple[Front, ...], count: int, rng: Random
) -> Iterator[tuple[Front, Record]]:
    for number in range(count):
        front = rng.choice(fronts)
        bound = {code: front.flow[code] for code in ("XZQHDM", "SPLCBM", "SPLCBBH")}
        record = valid(standard, PROJECT, rng, given=bound | {"QJDGCDM": None})
        for code in ("GCDM", "DFSJZJ"):
            record[code] = f"{record[code]}-{number}"
        yield front, record


def _write(conn: psycopg.Connection, table: str, records: list[Record]) -> None:
    """Insert and commit, changed now by the body's clock."""
    names = [name for name in records[0] if name != "LSH"]
    statement = sql.SQL("insert into {} ({}, {}) values ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.Identifier(CHANGED),
        sql.SQL(", ").join([sql.Placeholder()] * (len(names) + 1)),
    )
    for record in records:
        wall = datetime.now(UTC).astimezone(ZONE).replace(tzinfo=None)
        conn.execute(statement, [*(record[name] for name in names), wall])
    conn.commit()


def _until_confirmed(
    city: ManyBodies, table: str, rows: int, meter: _Meter | None = None
) -> tuple[float, float, float, float]:
    """Wait for so many confirmed versions of a table; the quantiles of their seconds."""
    ends = time.monotonic() + LONGEST_WAIT_S
    confirmed = 0
    with psycopg.connect(city.store, autocommit=True) as conn:
        while time.monotonic() < ends:
            found = conn.execute(_LATENCIES, [table]).fetchone()
            assert found is not None
            confirmed, quantiles = found
            if confirmed == rows:
                p50, p95, p99, most = map(float, quantiles)
                return p50, p95, p99, most
            if meter is not None:
                meter.sample()
            time.sleep(SAMPLED_EVERY_S)
    raise SystemExit(
        f"not measured: {confirmed} of {rows} versions of {table} confirmed in {LONGEST_WAIT_S} s"
    )
