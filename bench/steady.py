"""Steady throughput: rows committed at a county until the province has accepted them.

One process pulls and judges, one delivers and reads the verdicts, as the two flows of the exchange
do; all rules of the table, durable commits. Rows arrive in even portions at a given rate; told is
how long each took from its commit to its confirmation, and the processor time of everything.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime

import psycopg

from bench.county import PROJECT, County, county
from bench.province import accepting, make
from bench.report import Number, report
from bench.workers import processor_seconds, working

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
    numbers = {"rate": Number(300, "versions a second"), "seconds": Number(30)}
    return report("steady", arguments, numbers, _measure)


def _measure(rate: int, seconds: int) -> dict[str, object]:
    with county() as there:
        return _offered(there, rate, seconds)


def _offered(there: County, rate: int, seconds: int) -> dict[str, object]:
    province = make(there.cluster, there.standard, PROJECT)
    with working(there, province) as workers, accepting(province, PROJECT):
        there.fill(PORTIONS_A_SECOND, first=0, changed=datetime.now(UTC), faulty=0)
        _until_confirmed(there, PORTIONS_A_SECOND)  # both are warm
        pids = [worker.pid for worker in workers]
        before = processor_seconds(there.cluster, pids)
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
        used = processor_seconds(there.cluster, pids) - before
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
