"""Steady throughput: rows committed at a county until the province has accepted them.

One process pulls and judges, one delivers and reads the verdicts, as the two flows of the exchange
do; all rules of the table, durable commits. Rows arrive in even portions at a given rate; told is
how long each took from its commit to its confirmation, and the processor time of everything.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing as mp
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from multiprocessing.synchronize import Event

import psutil
import psycopg

from bench.county import BODY, PROJECT, County, county, rules_of
from bench.machine import machine
from bench.province import accepting, make, way_up
from connectors.front_database import FrontDatabase
from exchange.delivery.confirm import read_verdicts
from exchange.delivery.send import send_queued
from exchange.judging.judge import judge_due
from exchange.landing.land import Feed
from exchange.landing.pull import pull
from exchange.store.connection import Store

PORTIONS_A_SECOND = 2
LONGEST_WAIT_S = 300
_LATENCIES = """
select count(*) as confirmed,
       percentile_cont(array[0.5, 0.95, 0.99]) within group (
           order by extract(epoch from confirmed_at - committed_at)) as seconds
from version where state = 'confirmed' and table_code = %s
"""


def main(arguments: list[str]) -> int:
    """Measure and print; ``--rate`` (versions a second), ``--seconds``, ``--format json``."""
    parser = argparse.ArgumentParser(prog="bench steady")
    parser.add_argument("--rate", type=int, default=300)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--format", choices=("text", "json"), default="text")
    options = parser.parse_args(arguments)
    described = machine()
    with county() as there:
        measured = _measure(there, options.rate, options.seconds)
    if options.format == "json":
        print(json.dumps({"machine": described.to_json(), **measured}))
        return 0
    print(described.sentence())
    for name, value in measured.items():
        print(f"{name:40} {value}")
    return 0


def _measure(there: County, rate: int, seconds: int) -> dict[str, object]:
    province = make(there.cluster, there.standard, PROJECT)
    context = mp.get_context("spawn")
    stop = context.Event()
    workers = [
        context.Process(target=_pulls, args=(there.front_dsn, there.store_dsn, stop)),
        context.Process(target=_delivers, args=(there.store_dsn, province, stop)),
    ]
    for worker in workers:
        worker.start()
    with accepting(province, PROJECT):
        there.fill(PORTIONS_A_SECOND, first=0, changed=datetime.now(UTC), faulty=0)
        _until_confirmed(there, PORTIONS_A_SECOND)  # both are warm
        before = _processor_seconds(there, workers)
        portion = rate // PORTIONS_A_SECOND
        began = time.monotonic()
        for number in range(seconds * PORTIONS_A_SECOND):
            first = PORTIONS_A_SECOND + number * portion
            there.fill(portion, first=first, changed=datetime.now(UTC), faulty=0)
            time.sleep(max(0, began + (number + 1) / PORTIONS_A_SECOND - time.monotonic()))
        offered = time.monotonic() - began
        rows = seconds * PORTIONS_A_SECOND * portion
        measured = _until_confirmed(there, rows + PORTIONS_A_SECOND)
        took = time.monotonic() - began
        used = _processor_seconds(there, workers) - before
    stop.set()
    for worker in workers:
        worker.join()
    p50, p95, p99 = (round(float(each), 2) for each in measured)
    return {
        "versions": rows,
        "offered a second": round(rows / offered, 1),
        "confirmed a second, until the last": round(rows / took, 1),
        "commit to confirmed, seconds": {"p50": p50, "p95": p95, "p99": p99},
        "processor seconds for 1,000 versions": round(used / rows * 1000, 2),
    }


def _until_confirmed(there: County, rows: int) -> Sequence[float]:
    """Wait for so many; the quantiles of their seconds."""
    ends = time.monotonic() + LONGEST_WAIT_S
    with psycopg.connect(there.owner_dsn("exchange"), autocommit=True) as conn:
        while time.monotonic() < ends:
            found = conn.execute(_LATENCIES, [PROJECT]).fetchone()
            if found is not None and found[0] == rows:
                seconds: Sequence[float] = found[1]
                return seconds
            time.sleep(0.2)
    raise SystemExit(f"not measured: {rows} versions were not confirmed in {LONGEST_WAIT_S} s")


def _processor_seconds(there: County, workers: list[mp.context.SpawnProcess]) -> float:
    """Of the two workers and of the whole PostgreSQL server, whose databases are all three."""
    pid = there.cluster.status().pid
    assert pid is not None
    total = 0.0
    for number in [pid, *(worker.pid for worker in workers)]:
        process = psutil.Process(number)
        times = process.cpu_times()
        total += times.user + times.system + times.children_user + times.children_system
        for child in process.children(recursive=True):
            own = child.cpu_times()
            total += own.user + own.system
    return total


def _pulls(front: str, dsn: str, stop: Event) -> None:
    rulesets, standard = rules_of(datetime.now(UTC))
    store = Store(dsn, by="pull")
    feed = Feed(BODY, standard, standard.table(PROJECT))
    source = FrontDatabase(
        BODY, front.replace("postgresql://", "postgresql+psycopg://"), (feed.table,), cursor="GXSJ"
    )
    while not stop.is_set():
        pulled = pull(store, source, [feed], clock=lambda: datetime.now(UTC))
        while judge_due(store, rulesets, now=datetime.now(UTC)).records:
            pass
        if not pulled.new:
            stop.wait(0.2)
    source.close()
    store.close()


def _delivers(dsn: str, province: str, stop: Event) -> None:
    _, standard = rules_of(datetime.now(UTC))
    store = Store(dsn, by="deliver")
    upstream = way_up(province, standard)
    while not stop.is_set():
        sent = send_queued(store, upstream, now=datetime.now(UTC))
        answered = read_verdicts(store, upstream, now=datetime.now(UTC))
        if not sent.sent and not answered.confirmed:
            stop.wait(0.2)
    upstream.target.close()
    store.close()
