"""Long files: 1,000,000 and 10,000,000 rows of Parquet judged piece by piece, memory and time.

The table and the forty rules are those of ``bench judge``, two rows in a hundred faulty; keys are
unique over the whole file but for the faults. Each size is a process of its own: its CPU time and
the most memory it ever had, the program included.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from bench.judge_work import TABLE, context, rows, ruleset
from bench.machine import machine
from connectors.file_parquet import ParquetContent
from validators.streamed import Piece, judge_stream

ROOT = Path(__file__).parent.parent
WORK = ROOT / ".state" / "bench" / "stream"
PAGE = ROOT / "docs" / "reference" / "benchmarks-stream.md"
PART = 250_000
FAULTY = 0.02
LISTED = 10_000
SERIAL = ("LSH", "DFSJZJ", "SPSLBM", "SPSXSLBM")
"""Columns that number the rows: each part of the file has its own."""


def main(arguments: list[str]) -> int:
    """Measure both sizes and write the page; ``--rows`` for other sizes, then without a page."""
    parser = argparse.ArgumentParser(prog="bench stream")
    parser.add_argument("--rows", type=int, nargs="*", default=[1_000_000, 10_000_000])
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.one is not None:
        print(json.dumps(_measure(options.one)))
        return 0
    described, measured = machine(), []
    for many in options.rows:
        path = _file(many)
        command = [sys.executable, "-m", "bench", "stream", "--one", str(path)]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
        measured.append({**json.loads(done.stdout), "bytes": path.stat().st_size})
        print(json.dumps(measured[-1]), flush=True)
    if options.rows == [1_000_000, 10_000_000]:
        PAGE.write_text(_page(measured, described.sentence()), "utf-8")
    return 0


def _file(many: int) -> Path:
    """A Parquet file of so many rows; made once."""
    path = WORK / f"{many}.parquet"
    if path.exists():
        return path
    WORK.mkdir(parents=True, exist_ok=True)
    part = rows(min(PART, many), FAULTY)
    made = path.with_suffix(".part")
    writer = None
    for at in range(-(-many // part.height)):
        left = many - at * part.height
        numbered = part.head(left).with_columns(
            pl.concat_str(
                pl.col(name).str.slice(0, 2), pl.lit(f"{at:03}"), pl.col(name).str.slice(5)
            )
            for name in SERIAL
        )
        table = numbered.to_arrow(compat_level=pl.CompatLevel.oldest())
        writer = writer or pq.ParquetWriter(made, table.schema)
        writer.write_table(table)
    assert writer is not None
    writer.close()
    return made.rename(path)


def _measure(path: Path) -> dict[str, Any]:
    rules = ruleset()
    table = rules.standard.table(TABLE)
    names = {code: code for code in table.columns}
    many = pq.read_metadata(path).num_rows
    content = ParquetContent(path, table, "", many, names)

    def pieces(columns: Collection[str] | None) -> Iterator[Piece]:
        first = 2
        for frame in content.frames(columns):
            yield Piece(frame, first)
            first += frame.height

    within = replace(context(0), grace_over=frozenset())
    before = _most_mib()
    began, cpu = time.perf_counter(), time.process_time()
    judged = judge_stream(rules, TABLE, pieces, within, most=LISTED)
    return {
        "rows": judged.rows,
        "failed": judged.failed,
        "found": judged.found,
        "listed": len(judged.findings),
        "cpu_s": round(time.process_time() - cpu, 2),
        "wall_s": round(time.perf_counter() - began, 2),
        "before_mib": before,
        "peak_mib": _most_mib(),
    }


def _most_mib() -> int:
    """The most memory this process ever had; what its parent had before it does not count."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM:"))


def _page(measured: list[dict[str, Any]], sentence: str) -> str:
    lines = [
        "# Long files",
        "",
        "Written by `./run bench stream`: Parquet files of 30 columns judged piece by piece with",
        "40 rules of eleven kinds, 2 % of the rows faulty (the work of `./run bench judge`). CPU",
        "is that of the process, all threads, reading and a first pass over the keys included;",
        "memory is the most the process ever had, program and parents' keys included. All",
        "findings are counted, the first 10,000 are worded.",
        "",
        sentence + ".",
        "",
        "| rows | file MiB | CPU s | µs a row | wall s | MiB before | most MiB | findings |",
        "|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {one['rows']:,} | {one['bytes'] / 2**20:.0f} | {one['cpu_s']:.1f} |"
        f" {one['cpu_s'] / one['rows'] * 1e6:.2f} | {one['wall_s']:.0f} | {one['before_mib']} |"
        f" {one['peak_mib']} | {one['found']:,} |"
        for one in measured
    ]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
