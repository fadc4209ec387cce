"""The province was away and comes back: fresh records beside a backlog, and how true its ETA is.

While the province refuses connections, the backlog is pulled, judged and queued. It comes back;
fresh records go on arriving while the backlog drains. The promise, after which a waiting record
counts as backlog, is shortened to so many seconds as the text says: nothing else depends on it.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from statistics import median

import psycopg

from bench.county import PROJECT, County, county
from bench.province import accepting, make
from bench.report import Number, report
from bench.workers import working
from exchange.delivery.lanes import Promises, lanes_now

PROMISE = timedelta(seconds=30)
LONGEST_WAIT_S = 3600
LOOK_EVERY_S = 1.0
FRESH_A_LOOK = 10
_STATES = "select count(*) from version where table_code = %s and state = %s"
_FRESH = """
select percentile_cont(array[0.5, 0.99, 1]) within group (
           order by extract(epoch from confirmed_at - committed_at))
from version where state = 'confirmed' and table_code = %s and committed_at >= %s
"""


def main(arguments: list[str]) -> int:
    """Measure and print; ``--rows`` (default 100,000), ``--format json``."""
    return report("backlog", arguments, {"rows": Number(100_000)}, _measure)


def _measure(rows: int) -> dict[str, object]:
    with county() as there:
        return _away_and_back(there, rows)


def _away_and_back(there: County, rows: int) -> dict[str, object]:
    province = make(there.cluster, there.standard, PROJECT)
    admin = psycopg.connect(there.cluster.dsn("postgres"), autocommit=True)
    _let_in(admin, False)
    with working(there, province, promise=PROMISE):
        there.fill(rows, first=0, changed=datetime.now(UTC) - timedelta(minutes=30), faulty=0)
        _until(there, "queued", rows)
        time.sleep(PROMISE.total_seconds())
        _let_in(admin, True)
        admin.close()
        with accepting(province, PROJECT):
            return _drained(there, rows)


def _drained(there: County, rows: int) -> dict[str, object]:
    """Let the backlog drain beside fresh records; what was foretold and what became true."""
    back = time.monotonic()
    since = datetime.now(UTC) - timedelta(seconds=1)  # change times are whole seconds
    foretold: list[tuple[float, float]] = []
    fresh = 0
    while True:
        there.fill(FRESH_A_LOOK, first=rows + fresh, changed=datetime.now(UTC), faulty=0)
        fresh += FRESH_A_LOOK
        time.sleep(LOOK_EVERY_S)
        at = time.monotonic() - back
        with there.store.transaction() as conn:
            lane = lanes_now(conn, Promises(PROMISE), now=datetime.now(UTC))[0]
        if lane.eta_s is not None and lane.backlog:
            foretold.append((at, lane.eta_s))
        if not lane.backlog:
            break
        if at > LONGEST_WAIT_S:
            raise SystemExit(f"not measured: {lane.backlog} versions wait after {at:.0f} s")
    drained = time.monotonic() - back
    _until(there, "confirmed", rows + fresh)
    with psycopg.connect(there.owner_dsn("exchange")) as conn:
        found = conn.execute(_FRESH, [PROJECT, since]).fetchone()
    assert found is not None
    p50, p99, most = (round(float(each), 1) for each in found[0])
    wrong = [abs(eta - (drained - at)) / (drained - at) for at, eta in foretold if at < drained]
    middle = [
        abs(eta - (drained - at)) / (drained - at)
        for at, eta in foretold
        if drained * 0.1 <= at <= drained * 0.9
    ]
    return {
        "backlog, versions": rows,
        "promise, shortened to seconds": PROMISE.total_seconds(),
        "drained in, s": round(drained),
        "drained a second": round(rows / drained),
        "fresh records meanwhile": fresh,
        "fresh, commit to confirmed, seconds": {"p50": p50, "p99": p99, "longest": most},
        "first ETA, s": [round(each) for each in foretold[0]] if foretold else None,
        "ETA, median error": f"{median(wrong):.0%}" if wrong else None,
        "ETA, largest error between 10 and 90 %": f"{max(middle):.0%}" if middle else None,
    }


def _until(there: County, state: str, rows: int) -> None:
    ends = time.monotonic() + LONGEST_WAIT_S
    with psycopg.connect(there.owner_dsn("exchange"), autocommit=True) as conn:
        while time.monotonic() < ends:
            found = conn.execute(_STATES, [PROJECT, state]).fetchone()
            if found is not None and found[0] >= rows:
                return
            time.sleep(1)
    raise SystemExit(f"not measured: fewer than {rows} versions {state} in {LONGEST_WAIT_S} s")


def _let_in(admin: psycopg.Connection, yes: bool) -> None:
    """Open or close the province's database; whoever is in there is put out."""
    admin.execute(
        f"alter database province allow_connections {'true' if yes else 'false'}".encode()
    )
    if not yes:
        admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'province'"
        )
