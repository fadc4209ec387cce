"""Judging beside other tools: 40 rules of eleven kinds over 1 to 1,000,000 rows of 30 columns.

Every measurement is a process of its own, all peers in turn before the next round begins, so that
what else the machine does falls on all alike; read the ratios, not the milliseconds. The peers live
in an environment of their own (``.state/bench-peers``), made on first use. What each finds is
compared, row by row and rule by rule, with what we find.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl

from bench.judge_work import SPEC, keys, rows
from bench.machine import machine

ROOT = Path(__file__).parent.parent
PEERS_ENVIRONMENT = ROOT / ".state" / "bench-peers"
REQUIREMENTS = Path(__file__).parent / "peers-requirements.txt"
WORK = ROOT / ".state" / "bench" / "judge"
PAGE = ROOT / "docs" / "reference" / "benchmarks-judge.md"
OURS = "ours"
GREAT = "great_expectations_peer"
PEERS = {
    OURS: "this project",
    "polars_tuned": "polars, tuned by hand",
    "polars_plain": "polars, by hand",
    "pandera_polars": "pandera (polars)",
    "dataframely_peer": "dataframely",
    "patito_peer": "patito (counts only)",
    "pointblank_peer": "pointblank",
    "duckdb_sql": "DuckDB, SQL",
    GREAT: "great-expectations (38 rules)",
}
MOST_ROWS = {GREAT: 10_000}
"""Peers that are not asked for more rows than these: a call would take minutes."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table that is judged: its rows, the share of faulty ones."""

    rows: int
    faulty: float

    @property
    def name(self) -> str:
        """How it is called: 10000-2."""
        return f"{self.rows}-{round(self.faulty * 100)}"


QUICK = (Table(100, 0.02), Table(10_000, 0.02))
FULL = (
    Table(1, 0.02), Table(100, 0.02), Table(10_000, 0.02), Table(10_000, 1.0),
    Table(1_000_000, 0.02), Table(1_000_000, 0.2), Table(1_000_000, 1.0),
)  # fmt: skip


def main(arguments: list[str]) -> int:
    """Measure, compare, write JSON and the page; ``--quick`` for small tables, one round."""
    parser = argparse.ArgumentParser(prog="bench judge")
    parser.add_argument("--quick", action="store_true", help="small tables, one round, no page")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.0, help="per process")
    parser.add_argument("--peers", nargs="*", choices=list(PEERS), default=list(PEERS))
    parser.add_argument("--tables", nargs="*", help="names such as 1000000-2")
    options = parser.parse_args(arguments)
    tables = [one for one in (QUICK if options.quick else FULL) if _is_wanted(one, options.tables)]
    described = machine()
    _make_environment()
    _make_tables(tables)
    rounds, seconds = (1, 0.3) if options.quick else (options.rounds, options.seconds)
    measured = _measured(tables, options.peers, rounds, seconds)
    result = {"machine": described.to_json(), "rounds": rounds, "results": measured}
    (WORK / "result.json").write_text(json.dumps(result, indent=1), "utf-8")
    page = _page(described.sentence(), rounds, measured)
    print(page)
    if not options.quick:
        PAGE.write_text(page, "utf-8")
    return 0 if all(one["same"] is not False for one in measured) else 1


def _is_wanted(table: Table, names: Sequence[str] | None) -> bool:
    return not names or table.name in names


def _make_environment() -> None:
    """The environment of the peers, made anew when what they need has changed."""
    stamp = PEERS_ENVIRONMENT / ".stamp"
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return
    python = PEERS_ENVIRONMENT / "bin" / "python"
    if not python.exists():
        subprocess.run(
            [sys.executable, "-m", "venv", "--without-pip", PEERS_ENVIRONMENT], check=True
        )
    if shutil.which("uv"):
        command = ["uv", "pip", "install", "-q", "--python", str(python)]
    else:
        subprocess.run([python, "-m", "ensurepip"], check=True, capture_output=True)
        command = [str(python), "-m", "pip", "install", "-q"]
    subprocess.run([*command, "-r", str(REQUIREMENTS)], check=True)
    stamp.write_text(wanted, "utf-8")


def _make_tables(tables: Sequence[Table]) -> None:
    WORK.mkdir(parents=True, exist_ok=True)
    (WORK / "spec.json").write_text(json.dumps(SPEC, ensure_ascii=False), "utf-8")
    keys().write_parquet(WORK / "keys.parquet")
    for table in tables:
        path = WORK / f"{table.name}.parquet"
        if not path.exists():
            rows(table.rows, table.faulty).write_parquet(path)


def _measured(
    tables: Sequence[Table], peers: Sequence[str], rounds: int, seconds: float
) -> list[dict[str, Any]]:
    """All measurements, interleaved, as medians per table and peer."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    asked = [
        (table, peer)
        for table in tables
        for peer in peers
        if table.rows <= MOST_ROWS.get(peer, table.rows)
    ]
    for _ in range(rounds):
        for table, peer in asked:
            found[table.name, peer].append(_one(table, peer, seconds))
            print(f"{table.name:12} {peer:18} {found[table.name, peer][-1]}", file=sys.stderr)
    return [
        {
            "table": table.name, "peer": peer, "processes": rounds,
            **{
                name: round(median(one[name] for one in found[table.name, peer]), 3)
                for name in ("cpu_ms", "wall_ms", "first_cpu_ms", "import_s", "more_mib")
            },
            "findings": _findings(table.name, OURS).height if OURS in peers else None,
            "same": _is_same(table, peer, found[table.name, peer]),
        }
        for table, peer in asked
    ]  # fmt: skip


def _one(table: Table, peer: str, seconds: float) -> dict[str, Any]:
    python = sys.executable if peer == OURS else str(PEERS_ENVIRONMENT / "bin" / "python")
    told = WORK / f"findings-{table.name}-{peer}.parquet"
    command = [
        python, "-m", "bench.peers.runner", peer, str(WORK / f"{table.name}.parquet"),
        str(WORK / "spec.json"), str(WORK / "keys.parquet"), str(told), str(seconds),
    ]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT)
    if ran.returncode:
        raise SystemExit(f"{peer} on {table.name} failed:\n{ran.stderr[-2000:]}")
    result: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return result


def _findings(table: str, peer: str) -> pl.DataFrame:
    return pl.read_parquet(WORK / f"findings-{table}-{peer}.parquet")


def _is_same(table: Table, peer: str, runs: Sequence[dict[str, Any]]) -> bool | None:
    """Whether a peer finds what we find; None for one that names no rows."""
    if not runs[-1]["rows_told"] or not (WORK / f"findings-{table.name}-{OURS}.parquet").exists():
        return None
    order = ["row", "rule"]
    own, other = (_findings(table.name, one).select(order).sort(order) for one in (OURS, peer))
    return own.equals(other)


def _page(sentence: str, rounds: int, measured: Sequence[dict[str, Any]]) -> str:
    lines = [
        "# Judging, measured beside other tools",
        "",
        "Made by `./run bench judge`: 30 columns, 40 rules of eleven kinds (see",
        "`bench/judge_work.py`), the table held in memory, findings by row and rule out. CPU is that",  # noqa: E501
        "of the process, all threads, median of the calls after the first; each figure is the median",  # noqa: E501
        f"of {rounds} processes, all peers in turn. Other work may have run on the machine: the ratios",  # noqa: E501
        "(to this project, CPU) are what counts. Up to 1,999 rows this project judges by rows and",
        "words every finding for people; from 2,000 by columns. More memory is the most that the",
        "calls took beyond program and table. great-expectations is asked 38 of the rules (it has",
        "none for check digits; 200,000 keys make one call last 40 s), for 10,000 rows at most.",
        "",
        sentence + ".",
    ]
    for table in dict.fromkeys(one["table"] for one in measured):
        here = [one for one in measured if one["table"] == table]
        many, _, share = table.partition("-")
        own = next((one["cpu_ms"] for one in here if one["peer"] == OURS), None)
        lines += [
            "", f"## {int(many):,} rows, {share} % faulty, {here[0]['findings']} findings", "",
            "| tool | CPU ms | ratio | wall ms | first call ms | import s | more memory MiB | same findings |",  # noqa: E501
            "|---|--:|--:|--:|--:|--:|--:|---|",
        ]  # fmt: skip
        for one in sorted(here, key=lambda each: float(each["cpu_ms"])):
            ratio = f"{one['cpu_ms'] / own:.2f}" if own else ""
            same = {True: "yes", False: "**no**", None: "names no rows"}[one["same"]]
            lines.append(
                f"| {PEERS[one['peer']]} | {one['cpu_ms']:.2f} | {ratio} | {one['wall_ms']:.2f} |"
                f" {one['first_cpu_ms']:.1f} | {one['import_s']:.1f} | {one['more_mib']:.0f} | {same} |"  # noqa: E501
            )
    return "\n".join([*lines, ""])
