"""The chain: seal a million rows, verify them, find one flipped byte.

Versions are copied in with a wide raw row each and led to their end by the state machine itself, so
each has its journey; what is counted are the sealed rows of all kinds.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from bench.report import Number, report
from bench.workers import processor_seconds
from exchange.ledger.seal import seal
from exchange.ledger.verify import verify
from exchange.store.addresses import APP, OWNER
from exchange.store.connection import Store
from exchange.store.embedded import Cluster
from exchange.store.migrate import migrate

PER_VERSION = 7  # the version, five moves, the delivery
PER_TRANSACTION = 500


def main(arguments: list[str]) -> int:
    """Measure and print; ``--rows`` sealed rows, ``--format json``."""
    return report("chain", arguments, {"rows": Number(1_000_000, "sealed rows")}, _measure)


def _measure(rows: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        cluster = Cluster(Path(folder) / "s")
        cluster.start()
        try:
            return _sealed(cluster, rows)
        finally:
            cluster.stop()


def _sealed(cluster: Cluster, rows: int) -> dict[str, object]:
    cluster.ensure_role(OWNER)
    cluster.ensure_role(APP)
    cluster.ensure_database("exchange", OWNER, users=(APP,))
    owner = cluster.dsn("exchange", OWNER)
    migrate(owner)
    _fill(owner, rows // PER_VERSION)
    store = Store(cluster.dsn("exchange", APP), by="bench")
    began, cpu = time.perf_counter(), _cpu(cluster)
    sealed = seal(store, now=datetime.now(UTC))
    sealing, sealing_cpu = time.perf_counter() - began, _cpu(cluster) - cpu
    began, cpu = time.perf_counter(), _cpu(cluster)
    whole = verify(store)
    verifying, verifying_cpu = time.perf_counter() - began, _cpu(cluster) - cpu
    if whole.faults or whole.rows != sealed.rows:
        raise SystemExit(f"not measured: {whole.faults[:3]}")
    key = _flip_one_byte(owner)
    began = time.perf_counter()
    found = verify(store)
    finding = time.perf_counter() - began
    store.close()
    if [(fault.kind, fault.key) for fault in found.faults] != [("version", key)]:
        raise SystemExit(f"not found: {found.faults[:3]}")
    return {
        "rows": sealed.rows, "blocks": sealed.blocks,
        "sealed in (s)": round(sealing, 2), "sealed with (CPU s)": round(sealing_cpu, 2),
        "verified in (s)": round(verifying, 2), "verified with (CPU s)": round(verifying_cpu, 2),
        "one flipped byte found in (s)": round(finding, 2), "named": found.faults[0].text,
    }  # fmt: skip


def _cpu(cluster: Cluster) -> float:
    return processor_seconds(cluster, [os.getpid()])


def _fill(owner: str, versions: int) -> None:
    raw = json.dumps(
        {f"FIELD{n:02}": f"某某项目第{n}项内容" for n in range(30)}, ensure_ascii=False
    )
    with psycopg.connect(owner, autocommit=True) as conn:
        conn.execute("insert into body values ('420602', 'x', '{420602}', 'x')")
        for first in range(0, versions, PER_TRANSACTION):
            with conn.transaction():
                _some(conn, first, min(PER_TRANSACTION, versions - first), raw)
        conn.execute("analyze")


def _some(conn: psycopg.Connection, first: int, count: int, raw: str) -> None:
    batch = conn.execute(
        "insert into batch (body, standard, table_code, origin, rows_read, rows_new,"
        " rows_replayed, content_hash) values ('420602', '3.0', 'T', 'bench', %s, %s, 0, '')"
        " returning id",
        (count, count),
    ).fetchone()
    assert batch is not None
    conn.execute(
        "insert into version (body, standard, table_code, table_order, record_key, revision,"
        " content_hash, valid, batch_id, place, raw, state, state_reason, pulled_at)"
        " select '420602', '3.0', 'T', 1, 'K' || n, 1, sha256(n::text::bytea), true, %s, 'x',"
        " %s::json, 'landed', '收讫', clock_timestamp() from generate_series(%s::int, %s::int) n",
        (batch[0], raw, first + 1, first + count),
    )
    for state in ("queued", "sending", "sent", "confirmed"):
        conn.execute(
            "update version set state = %s, state_reason = 'x' where batch_id = %s",
            (state, batch[0]),
        )
    conn.execute(
        "insert into delivery (version_id, step, kind, standard, table_code, payload,"
        " content_hash) select id, 1, 'insert', '3.0', 'T', raw, content_hash from version"
        " where batch_id = %s",
        (batch[0],),
    )


def _flip_one_byte(owner: str) -> int:
    """Change one letter in the raw row of a version in the middle; returns its number."""
    with psycopg.connect(owner, autocommit=True) as conn:
        changed = conn.execute(
            "update version set raw = replace(raw::text, 'FIELD17', 'FIELE17')::json"
            " where id = (select max(id) / 2 from version) returning id"
        ).fetchone()
    assert changed is not None
    return int(changed[0])
