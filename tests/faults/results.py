"""The results of a run: kept as they come, one JSON line each, and shown as one table."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tests.faults.all_faults import ALL
from tests.faults.catalogue import Result

FILE = "SPGL_FAULT_RESULTS"
PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "faults.md"

_HEAD = """# 故障目录 / Fault catalogue

Made by `./run faults`; the last whole run is shown. Every fault is lived through by real processes
under load: simulated counties and province, `exchange sync`, `deliver`, `intake` and the slow
rounds, all wires led through a TCP proxy of our own. They happen one after the other in one city
that is never stopped between them, so that each also meets what the ones before left behind. An
independent checker (`tests/faults/checker.py`) judges the full history after each: what the
counties' own databases committed, what the ledger says, what the province holds. The balance is
sampled each second; a sample that is not 0 counts as lost.

What is compressed or replaced, and how:

* `upstream-down-1h`: down for some seconds; then all times the outbox waits for are set back by one
  hour, still down; then up.
* `worker-paused-then-resumed`: the lease is the store's limit on idle transactions (120 s); the
  store is made to end the frozen session as it does then.
* `equal-timestamps-10k`: one row in ten goes up, the others withdraw what was never sent.
* `equal-timestamps-10k` and `late-commit-120s` (a real 120 s) begin when the city comes up and run
  beside the others.
* `disk-full`: root fills a small disk of the store's own; another user, who cannot make a disk,
  limits the size of the server's files instead (EFBIG in the places of ENOSPC).
* kills to the line: the programs run with named points in them (`tests/faults/traps.py`) at which
  an armed process kills itself by SIGKILL; the product knows nothing of it.

"""


def keep(result: Result) -> None:
    """Writes a result down, where a file for it was named."""
    if path := os.environ.get(FILE):
        line = json.dumps(asdict(result), ensure_ascii=False)
        with Path(path).open("a", encoding="utf-8") as out:
            out.write(line + "\n")


def read(path: Path) -> list[Result]:
    """The results that were kept in a file."""
    if not path.exists():
        return []
    return [Result(**json.loads(line)) for line in path.read_text("utf-8").splitlines()]


def page(results: Sequence[Result]) -> str:
    """The page of the reference, from the results of a whole run."""
    said = {fault.name: fault.says for fault in ALL}
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    lines = [
        "| fault | 故障 | kills | acknowledged | lost | duplicated | unexpected | recovered | s |",
        "|---|---|---:|---:|---:|---:|---:|---|---:|",
    ]
    lines += [
        f"| `{one.name}` | {said[one.name]} | {one.kills} | {one.acknowledged} | {one.lost} "
        f"| {one.duplicated} | {one.unexpected} | {'yes' if one.recovered else '**no**'} "
        f"| {one.seconds:.0f} |"
        for one in results
    ]
    total = (
        f"| **{len(results)}** | | **{sum(one.kills for one in results)}** "
        f"| **{sum(one.acknowledged for one in results)}** "
        f"| **{sum(one.lost for one in results)}** | **{sum(one.duplicated for one in results)}** "
        f"| **{sum(one.unexpected for one in results)}** "
        f"| {sum(one.recovered for one in results)} of {len(results)} "
        f"| **{sum(one.seconds for one in results):.0f}** |"
    )
    again = [
        f"* `{one.name}` was lived through once more, as this had not been seen in time: "
        + " ".join(one.again.split())
        for one in results
        if one.again
    ]
    machine = f"{platform.system()} {platform.machine()}, {cores} cores, Python "
    end = ["", machine + platform.python_version() + "."]
    return _HEAD + "\n".join([*lines, total, *([""] if again else []), *again, *end]) + "\n"
