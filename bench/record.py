"""Measure and keep: run a benchmark, keep what it measured for the page in the documentation.

``./run bench record steady --rate 300`` writes ``bench/results/steady-rate-300.json`` with the
command, the day and the machine; ``docs/build.py`` makes the page from all of them. What stands on
that page was measured by the command beside it, or it is not there.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


def main(arguments: list[str]) -> int:
    """Run the benchmark that is named, with its arguments; keep its JSON."""
    if not arguments:
        print("./run bench record NAME [ARGS]: a benchmark that knows --format json")
        return 2
    began = datetime.now(UTC)
    done = subprocess.run(
        [sys.executable, "-m", "bench", *arguments, "--format", "json"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    if done.returncode:
        return done.returncode
    line = done.stdout.strip().splitlines()[-1]
    kept = {"command": " ".join(arguments), "day": began.date().isoformat(), **json.loads(line)}
    RESULTS.mkdir(exist_ok=True)
    name = "-".join(word.lstrip("-") for word in arguments)
    (RESULTS / f"{name}.json").write_text(
        json.dumps(kept, ensure_ascii=False, indent=1) + "\n", "utf-8"
    )
    print(json.dumps(kept, ensure_ascii=False, indent=1))
    return 0
