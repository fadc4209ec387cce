"""The two workers of the exchange as processes: one pulls and judges, one delivers and follows.

They do what the two flows of the exchange do, with all rules of the table and durable commits.
"""

from __future__ import annotations

import multiprocessing as mp
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Event

import psutil

from bench.county import BODY, PROJECT, County, rules_of
from bench.province import way_up
from connectors.front_database import FrontDatabase
from exchange.delivery.confirm import read_verdicts
from exchange.delivery.send import send_queued
from exchange.errors import TryLaterError
from exchange.judging.judge import judge_due
from exchange.landing.land import Feed
from exchange.landing.pull import pull
from exchange.memory import look_for_cycles_seldom
from exchange.store.connection import Store
from exchange.store.embedded import Cluster

LOOKS_EVERY_S = 0.2


@contextmanager
def working(
    there: County, province: str, *, promise: timedelta | None = None
) -> Iterator[list[SpawnProcess]]:
    """Both workers for the time of the block; what landed within ``promise`` counts as fresh."""
    context = mp.get_context("spawn")
    stop = context.Event()
    workers = [
        context.Process(target=_pulls, args=(there.front_dsn, there.store_dsn, stop)),
        context.Process(target=_delivers, args=(there.store_dsn, province, promise, stop)),
    ]
    for worker in workers:
        worker.start()
    try:
        yield workers
    finally:
        stop.set()
        for worker in workers:
            worker.join()


def processor_seconds(cluster: Cluster, processes: Iterable[int | None]) -> float:
    """Of these processes and of the whole server, with those of its sessions that have ended."""
    pid = cluster.status().pid
    assert pid is not None
    server = psutil.Process(pid)
    times = server.cpu_times()
    total = float(times.children_user + times.children_system)
    for process in [server, *server.children(recursive=True), *map(psutil.Process, processes)]:
        with suppress(psutil.NoSuchProcess):  # a session that ends just now
            own = process.cpu_times()
            total += own.user + own.system
    return total


def _pulls(front: str, dsn: str, stop: Event) -> None:
    look_for_cycles_seldom()
    rulesets, standard = rules_of(datetime.now(UTC))
    store = Store(dsn, by="pull")
    feed = Feed(BODY, standard, standard.table(PROJECT))
    source = FrontDatabase(BODY, front, (feed.table,), cursor="GXSJ")
    while not stop.is_set():
        pulled = pull(store, source, [feed], clock=lambda: datetime.now(UTC))
        while judge_due(store, rulesets, now=datetime.now(UTC)).records:
            pass
        if not pulled.new:
            stop.wait(LOOKS_EVERY_S)
    source.close()
    store.close()


def _delivers(dsn: str, province: str, promise: timedelta | None, stop: Event) -> None:
    look_for_cycles_seldom()
    _, standard = rules_of(datetime.now(UTC))
    store = Store(dsn, by="deliver")
    upstream = way_up(province, standard, promise)
    while not stop.is_set():
        moved = 0
        with suppress(TryLaterError):
            moved += send_queued(store, upstream, now=datetime.now(UTC)).sent
            moved += read_verdicts(store, upstream, now=datetime.now(UTC)).confirmed
        if not moved:
            stop.wait(LOOKS_EVERY_S)
    upstream.target.close()
    store.close()
