"""A micro-batch: 100 fresh rows from the county's commit to the committed verdict and outbox.

Beside it, in the same run, the same rows without a ledger: read, judged by the same rules, copied
into a table, committed.
"""

from __future__ import annotations

import json
import statistics
import time
from datetime import UTC, datetime, timedelta

import psycopg

from bench.county import BODY, PROJECT, County, county
from bench.report import Number, report
from connectors.front_database import FrontDatabase
from exchange.judging.judge import judge_due
from exchange.landing.pull import pull
from validators import Context, Record, judge


def main(arguments: list[str]) -> int:
    """Measure and print; ``--rows``, ``--rounds``, ``--format json``."""
    return report("micro", arguments, {"rows": Number(100), "rounds": Number(30)}, _measure)


def _now() -> datetime:
    return datetime.now(UTC)


def _measure(rows: int, rounds: int) -> dict[str, object]:
    with county() as there:
        return _batches(there, rows, rounds)


def _batches(there: County, rows: int, rounds: int) -> dict[str, object]:
    source = there.source()
    spans: dict[str, list[float]] = {"pull and land": [], "judge and queue": [], "in all": []}
    floor: list[float] = []
    # a batch a minute, so that the overlap that is looked through again holds the one before
    began = _now() - timedelta(minutes=rounds + 1)
    there.fill(rows, first=0, changed=began)
    _round(there, source, spans)
    plain = psycopg.connect(there.owner_dsn("exchange"), autocommit=True)
    plain.execute("create table plain (id bigint, content json, verdict text)")
    for values in spans.values():
        values.clear()
    for number in range(1, rounds + 1):
        moment = began + timedelta(minutes=number)
        there.fill(rows, first=number * rows, changed=moment)
        _round(there, source, spans)
        floor.append(_without_ledger(there, plain, number * rows, rows))
    plain.close()
    source.close()
    medians = {name: round(statistics.median(values) * 1e3, 2) for name, values in spans.items()}
    bare = round(statistics.median(floor) * 1e3, 2)
    return {
        "rows": rows, "rounds": rounds, "milliseconds (median)": medians,
        "without a ledger (median ms)": bare, "ratio": round(medians["in all"] / bare, 2),
    }  # fmt: skip


def _round(there: County, source: FrontDatabase, spans: dict[str, list[float]]) -> None:
    began = time.perf_counter()
    pulled = pull(there.store, source, [there.feed], clock=_now)
    landed = time.perf_counter()
    judged = judge_due(there.store, there.rulesets, now=_now(), limit=5000)
    ended = time.perf_counter()
    if pulled.new != judged.records or pulled.errors:
        raise SystemExit(f"not measured: {pulled} {judged}")
    spans["pull and land"].append(landed - began)
    spans["judge and queue"].append(ended - landed)
    spans["in all"].append(ended - began)


def _without_ledger(there: County, plain: psycopg.Connection, first: int, rows: int) -> float:
    """Read the rows, judge them with the same rules, copy them with their verdict."""
    names = [field.code for field in there.feed.table.fields]
    columns = ", ".join(f'"{name}"::text' for name in names)
    ruleset = there.rulesets.of(BODY, there.standard.version, _now())
    with psycopg.connect(there.front_dsn, autocommit=True) as front:
        began = time.perf_counter()
        found = front.execute(
            f'select {columns} from "{PROJECT}" where "LSH" >= %s order by "LSH" limit %s'.encode(),
            [first, rows],
        ).fetchall()
        context = Context(body=BODY, divisions=there.rulesets.divisions(BODY), now=_now())
        records = [
            Record(id=number, values=dict(zip(names, row, strict=True)), where="")
            for number, row in enumerate(found)
        ]
        judgement = judge(ruleset, PROJECT, records, context)
        with (
            plain.transaction(),
            plain.cursor() as cursor,
            cursor.copy("copy plain from stdin") as copy,
        ):
            for record, verdict in zip(records, judgement.records, strict=True):
                content = json.dumps(record.values, ensure_ascii=False)
                copy.write_row((record.id, content, verdict.outcome))
        return time.perf_counter() - began
