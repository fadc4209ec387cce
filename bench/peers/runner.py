"""Runs one peer over one table in a process of its own and prints one line of JSON.

``python -m bench.peers.runner PEER TABLE SPEC KEYS FINDINGS SECONDS``: TABLE and KEYS are Parquet,
SPEC is JSON; the findings of the last call are written to FINDINGS. Calls are repeated until
SECONDS are over, at least once after the first.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl


def main(arguments: list[str]) -> int:
    """Measure one peer."""
    peer, table, spec, keys, findings, seconds = arguments
    began = time.perf_counter()
    module = import_module(f"bench.peers.{peer}")
    imported = time.perf_counter() - began
    frame = pl.read_parquet(table)
    began = time.perf_counter()
    made = module.prepare(json.loads(Path(spec).read_text("utf-8")), frame, pl.read_parquet(keys))
    prepared = time.perf_counter() - began
    before = _forget_peak()
    first = _once(module, made)
    calls = [first[1:]]
    until = time.perf_counter() + float(seconds)
    while time.perf_counter() < until and len(calls) < 200:
        found = _once(module, made)
        calls.append(found[1:])
        first = found
    warm = calls[1:] or calls
    if isinstance(first[0], pl.DataFrame):
        first[0].select("rule", pl.col("row").cast(pl.Int64)).write_parquet(findings)
    print(
        json.dumps(
            {
                "peer": peer, "calls": len(calls), "import_s": imported, "prepare_s": prepared,
                "first_cpu_ms": calls[0][0] * 1e3, "cpu_ms": median(c for c, _ in warm) * 1e3,
                "wall_ms": median(w for _, w in warm) * 1e3, "more_mib": _memory("VmHWM") - before,
                "rows_told": isinstance(first[0], pl.DataFrame),
            }
        )
    )  # fmt: skip
    return 0


def _once(module: Any, made: Any) -> tuple[Any, float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    found = module.judge(made)
    return found, time.process_time() - cpu, time.perf_counter() - wall


def _forget_peak() -> float:
    """Forget the most memory the process has had; what it has now, MiB."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    return _memory("VmRSS")


def _memory(what: str) -> float:
    """A figure of the kernel's about this process, MiB; ``VmHWM``: the most since it forgot."""
    told = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in told if line.startswith(f"{what}:")) / 1024


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
