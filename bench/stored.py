"""What is stored: the same work with ten times more in the store must cost the same.

In one store, first with a little and then with ten times as much: a micro-batch of 100 fresh rows
from the county to the verdict, the balance, the status, the look for overlooked holds, sealing.
Beside them the recount, which does go through everything.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg

from bench.county import BODY, PROJECT, County, county
from bench.machine import machine
from exchange.judging.judge import judge_due
from exchange.landing.pull import pull
from exchange.ledger.balance import balance, fold
from exchange.ledger.seal import seal
from exchange.rounds.status import status
from exchange.store.connection import Conn
from exchange.store.queries import load

BATCH = 100
FILLING = """
insert into batch (id, body, standard, table_code, origin, landed_at, rows_read, rows_new,
                   rows_replayed, content_hash) overriding system value
select -n, %(body)s, '3.0', %(table)s, 'bench', %(at)s, 1, 1, 0, ''
from generate_series(%(first)s::int, %(last)s::int) n;

insert into version (id, body, standard, table_code, table_order, record_key, revision,
                     content_hash, valid, batch_id, place, raw, state, state_reason, pulled_at,
                     committed_at, judged_at, sent_at, confirmed_at, state_at)
select -n, %(body)s, '3.0', %(table)s, 1, 'K' || n, 1, sha256(n::text::bytea), true, -n, 'x',
       %(raw)s::json, 'confirmed', 'x', %(at)s, %(at)s, %(at)s, %(at)s, %(at)s, %(at)s
from generate_series(%(first)s::int, %(last)s::int) n;

insert into anchor (version_id, standard, table_code, fields, field_values)
select -n, '3.0', %(table)s, 'XMDM', '["K' || n || '"]'
from generate_series(%(first)s::int, %(last)s::int) n;

insert into journey (version_id, at, from_state, to_state, by, why)
select -n, %(at)s, (array[null, 'landed', 'queued', 'sending', 'sent'])[s],
       (array['landed', 'queued', 'sending', 'sent', 'confirmed'])[s], 'bench', 'x'
from generate_series(%(first)s::int, %(last)s::int) n, generate_series(1, 5) s;

insert into delivery (version_id, step, kind, standard, table_code, payload, content_hash, outcome)
select -n, 1, 'insert', '3.0', %(table)s, %(raw)s::json, sha256(n::text::bytea), 'confirmed'
from generate_series(%(first)s::int, %(last)s::int) n;

insert into tally_change values
    (%(body)s, '3.0', %(table)s, 'acknowledged', %(last)s - %(first)s + 1),
    (%(body)s, '3.0', %(table)s, 'confirmed', %(last)s - %(first)s + 1)
"""


def main(arguments: list[str]) -> int:
    """Measure and print; ``--rows`` versions stored at first, ``--rounds``, ``--format json``."""
    parser = argparse.ArgumentParser(prog="bench stored")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--format", choices=("text", "json"), default="text")
    options = parser.parse_args(arguments)
    described = machine()
    with county() as there:
        began = datetime.now(UTC) - timedelta(minutes=2 * options.rounds + 2)
        stored, measured = 0, []
        for rows in (options.rows, options.rows * 10):
            _fill(there, stored + 1, rows)
            stored = rows
            measured.append(_measure(there, options.rounds, first=rows, began=began))
            began += timedelta(minutes=options.rounds + 1)
    if options.format == "json":
        named = {
            f"{rows} versions stored, milliseconds": {
                what: round(value, 2) for what, value in each.items()
            }
            for rows, each in zip((options.rows, options.rows * 10), measured, strict=True)
        }
        print(json.dumps({"machine": described.to_json(), **named}))
        return 0
    print(described.sentence())
    little, much = measured
    print(f"{'median ms, by versions stored':34}{options.rows:>10}{options.rows * 10:>10}   ratio")
    for name, value in little.items():
        print(f"{name:34}{value:>10.2f}{much[name]:>10.2f}{much[name] / value:>8.2f}")
    return 0


def _fill(there: County, first: int, last: int) -> None:
    """Put confirmed versions of yesterday there with all that belongs to them, and seal them."""
    raw = json.dumps({f"FIELD{n:02}": f"某某项目第{n}项" for n in range(30)}, ensure_ascii=False)
    given = {
        "body": BODY, "table": PROJECT, "raw": raw, "first": first, "last": last,
        "at": datetime.now(UTC) - timedelta(days=1),
    }  # fmt: skip
    with psycopg.connect(there.cluster.dsn("exchange", "postgres"), autocommit=True) as conn:
        conn.execute("set session_replication_role = replica")
        for statement in FILLING.split(";"):
            conn.execute(statement.encode(), given)
        conn.execute("vacuum analyze")
    seal(there.store, now=datetime.now(UTC))
    fold(there.store)


def _measure(there: County, rounds: int, *, first: int, began: datetime) -> dict[str, float]:
    """Medians by kind of work; the batches are changed a minute apart from ``began`` on."""
    source = there.source()
    spans: dict[str, list[float]] = {}

    def timed(name: str, work: Callable[[], object]) -> None:
        start = time.perf_counter()
        work()
        spans.setdefault(name, []).append((time.perf_counter() - start) * 1e3)

    def batch() -> None:
        now = datetime.now(UTC)
        pulled = pull(there.store, source, [there.feed], clock=lambda: datetime.now(UTC))
        judged = judge_due(there.store, there.rulesets, now=now + timedelta(hours=1), limit=5000)
        if pulled.new != BATCH or judged.records != BATCH or pulled.errors:
            raise SystemExit(f"not measured: {pulled} {judged}")

    for number in range(rounds + 1):
        there.fill(BATCH, first=first + number * BATCH, changed=began + timedelta(minutes=number))
        timed("micro-batch of 100", batch)
        timed("sealing it", lambda: seal(there.store, now=datetime.now(UTC)))
        timed("adding up", lambda: fold(there.store))
        timed("balance", lambda: _in(there, balance))
        timed("status", lambda: _in(there, lambda conn: status(conn, since=began)))
        timed("overlooked holds", lambda: _in(there, _look_at_holds))
    timed("recount (goes through everything)", lambda: _in(there, _recount))
    source.close()
    # the first round of each warms the process and the caches
    return {name: statistics.median(values[1:] or values) for name, values in spans.items()}


def _in(there: County, work: Callable[[Conn], object]) -> None:
    with there.store.transaction() as conn:
        work(conn)


def _look_at_holds(conn: Conn) -> None:
    now = datetime.now(UTC)
    given = {"standard": "3.0", "now": now, "since": now - timedelta(minutes=15)}
    conn.execute(load("delivery")["wake_overlooked"], given)


def _recount(conn: Conn) -> None:
    found = balance(conn, full=True)
    if found.unaccounted:
        raise SystemExit(f"not balanced: {found.total()}")
