"""First load: versions of a wide table pulled, landed, judged and queued, stage by stage.

The peers, in the same run: a plain binary COPY pipe of the same rows into a table of the same
shape, through this process, in one transaction; and the store alone, writing once more what it
wrote of these rows (versions, names, journey, verdicts, dossiers), from tables beside, in a few
statements. What the second costs no program that keeps this ledger can go below.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import psycopg

from bench.county import PROJECT, County, county
from bench.report import Number, report
from exchange.judging.judge import judge_due
from exchange.landing.pull import pull

JUDGED_AT_ONCE = 5000
BESIDE = (
    "create temp table v as select * from version where state <> 'confirmed'",
    "create temp table a as select a.* from anchor a join v on v.id = a.version_id",
    "create temp table j as select j.* from judged j join v on v.id = j.version_id",
    "create temp table d as select d.* from dossier_row d join v on v.id = d.version_id",
    "update v set id = -id, revision = revision + 1, state = 'landed'",
    "update a set version_id = -version_id",
    "update j set version_id = -version_id",
    "update d set version_id = -version_id",
    "analyze v, a, j, d",
)
STORED = (
    "insert into version select * from v",
    "insert into anchor select * from a",
    """update version set state = 'queued', judged_at = now(), judge_after = null,
    next_try_at = now() where id < 0""",
    "insert into judged select * from j",
    "insert into dossier_row select * from d",
    """insert into dossier_mark (standard, kind, key, due_at)
    select standard, kind, key, now() from d""",
)


def main(arguments: list[str]) -> int:
    """Measure and print; ``--rows`` (default 100,000), ``--format json``."""
    return report("load", arguments, {"rows": Number(100_000)}, _measure)


def _measure(rows: int) -> dict[str, object]:
    with county() as there:
        return _loaded(there, rows)


def _loaded(there: County, rows: int) -> dict[str, object]:
    there.fill(rows, first=0, changed=datetime.now(UTC) - timedelta(hours=1))
    piped = _copy(there)
    source = there.source()
    began = time.perf_counter()
    pulled = pull(there.store, source, [there.feed], clock=_now)
    landed = time.perf_counter()
    judged = 0
    while records := judge_due(
        there.store, there.rulesets, now=_now(), limit=JUDGED_AT_ONCE
    ).records:
        judged += records
    ended = time.perf_counter()
    source.close()
    if pulled.new != rows or judged != rows or pulled.errors:
        raise SystemExit(f"not measured: {pulled} {judged}")
    alone = _store_alone(there)
    return {
        "rows": rows,
        "binary COPY pipe, s": round(piped, 2),
        "the store alone, s": round(alone, 2),
        "pulled and landed, s": round(landed - began, 2),
        "judged and queued, s": round(ended - landed, 2),
        "rows a second": round(rows / (ended - began)),
        "times the pipe": round((ended - began) / piped, 1),
        "times the store alone": round((ended - began) / alone, 1),
    }


def _copy(there: County) -> float:
    with (
        psycopg.connect(there.owner_dsn("front")) as out,
        psycopg.connect(there.owner_dsn("exchange")) as into,
    ):
        columns = out.execute(
            "select string_agg(format('%%I %%s', attname, format_type(atttypid, atttypmod)), ', ')"
            " from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped",
            [f'"{PROJECT}"'],
        ).fetchone()
        assert columns is not None
        into.execute(f"create table piped ({columns[0]})".encode())
        into.commit()
        began = time.perf_counter()
        with (
            out.cursor().copy(f'copy "{PROJECT}" to stdout (format binary)'.encode()) as reading,
            into.cursor().copy("copy piped from stdin (format binary)") as writing,
        ):
            for block in reading:
                writing.write(block)
        into.commit()
        return time.perf_counter() - began


def _store_alone(there: County) -> float:
    with psycopg.connect(there.owner_dsn("exchange")) as conn:
        for statement in BESIDE:
            conn.execute(statement)
        conn.commit()
        began = time.perf_counter()
        for statement in STORED:
            conn.execute(statement)
        conn.commit()
        return time.perf_counter() - began


def _now() -> datetime:
    return datetime.now(UTC)
