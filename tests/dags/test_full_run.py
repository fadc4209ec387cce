"""All DAGs run once, from a file that a department put down to the judged ledger."""

from __future__ import annotations

import csv
import json
import os
import time
from pathlib import Path
from random import Random

import psycopg
import pytest

from exchange.ledger.signing import make_key
from schemas import load, sample
from tests.dags.conftest import Airflow
from tests.stores import ExchangeStore, Postgres

pytestmark = [pytest.mark.airflow, pytest.mark.database, pytest.mark.beside]

BODY, CONNECTION, TABLE = "420600-zrzy", "county_420600_zrzy_v3", "SPGL_XMJBXXB"
ROWS = 3


def put_down_a_file(folder: Path) -> None:
    """A CSV file of valid projects, old enough to be taken for complete."""
    standard = load("3.0")
    table = standard.table(TABLE)
    rows = [sample.valid(standard, TABLE, Random(seed)) for seed in range(ROWS)]
    path = folder / f"{TABLE}.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, fieldnames=[field.code for field in table.fields])
        writer.writeheader()
        writer.writerows(rows)
    old = time.time() - 60
    os.utime(path, (old, old))


def test_every_dag_runs_to_its_end(
    airflow: Airflow, postgres: Postgres, exchange_store: ExchangeStore, tmp_path: Path
) -> None:
    """With one body reachable and all others away, every stage succeeds and the rows are judged."""
    drop = tmp_path / "drop"
    drop.mkdir()
    put_down_a_file(drop)
    connections = tmp_path / "connections.toml"
    connections.touch(mode=0o600)
    connections.write_text(f"{CONNECTION} = {json.dumps(str(drop))}\n", "utf-8")

    make_key(tmp_path / "state" / "ledger-key.toml")  # as `exchange init` does
    own = postgres.create_database("airflow_full_run")

    result = airflow(
        "run",
        AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=own.replace("postgresql:", "postgresql+psycopg2:"),
        SPGL_AIRFLOW_DATABASE_URL=own,
        SPGL_DATABASE_URL=exchange_store.app_dsn,
        SPGL_CONNECTIONS=str(connections),
        SPGL_STATE=str(tmp_path / "state"),
        SHORT_ROUND_S="10",
    )

    states = {f"{dag}.{task}": state for dag, run in result["runs"].items()
              for task, state in run.items()}  # fmt: skip
    assert [name for name, state in states.items() if state != "success"] == []
    with psycopg.connect(exchange_store.app_dsn) as conn:
        counted = conn.execute(
            "select count(*), count(judged_at) from version where body = %s", [BODY]
        ).fetchone()
    assert counted == (ROWS, ROWS)
