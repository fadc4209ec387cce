"""The fault catalogue as a program: ``./run faults``, ``./run faults --soak N``.

Runs the tests of the catalogue and shows what came of each fault. A whole run also writes the
result table of the reference, docs/reference/faults.md. Exit code 0 when nothing was lost, twice or
unexpected and everything recovered, 1 otherwise, 2 when it could not run.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from random import SystemRandom

from tests.faults.all_faults import NAMES
from tests.faults.catalogue import Result
from tests.faults.results import FILE, PAGE, page, read
from tests.faults.soak import soak
from tests.faults.stage import running_city

CATALOGUE = "tests/faults/test_catalogue.py"
ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="./run faults", description=__doc__)
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=NAMES, help="these faults")
    parser.add_argument("--soak", type=int, metavar="N", help="N kills at random instead")
    parser.add_argument("--seed", type=int, help="of the soak; default: a new one, printed")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--list", action="store_true", help="the names, and end")
    chosen, for_pytest = parser.parse_known_args(arguments)
    if chosen.list:
        print(*NAMES, sep="\n")
        return 0
    if chosen.soak is not None:
        results, code = _soak(chosen.soak, chosen.seed)
    else:
        results, code = _catalogue(chosen.only, for_pytest)
    if chosen.format == "json":
        print(json.dumps({"faults": [one.to_json() for one in results]}, ensure_ascii=False))
    else:
        _show(results)
    if chosen.soak is None and {one.name for one in results} == set(NAMES):
        PAGE.write_text(page(results), "utf-8")
        print(f"faults: {PAGE.relative_to(ROOT)} is made anew", file=sys.stderr)
    good = bool(results) and all(one.good for one in results)
    return code or (0 if good else 1)


def _catalogue(only: list[str] | None, for_pytest: list[str]) -> tuple[list[Result], int]:
    """The tests as a process of their own, whose words go to the error stream."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "results.jsonl"
        argv = [sys.executable, "-m", "pytest", CATALOGUE, *for_pytest]
        if only:
            argv += ["-k", " or ".join(f"[{name}]" for name in only)]
        run = subprocess.Popen(
            argv, cwd=ROOT, env={**os.environ, FILE: str(file)}, stdout=sys.stderr
        )
        # Told to end, the run must take its city down: pytest does so on an interrupt.
        signal.signal(signal.SIGTERM, lambda *_: run.send_signal(signal.SIGINT))
        signal.signal(signal.SIGINT, lambda *_: run.send_signal(signal.SIGINT))
        code = run.wait()
        return read(file), code


def _soak(kills: int, seed: int | None) -> tuple[list[Result], int]:
    seed = SystemRandom().randrange(1 << 32) if seed is None else seed

    def say(text: str) -> None:
        print(f"soak: {text}", file=sys.stderr, flush=True)

    say(f"seed {seed}: the same kills again by --soak {kills} --seed {seed}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory() as folder, running_city(Path(folder)) as stage:
        result = soak(stage, kills, seed, say)
        say(f"{stage.checker.sampler.samples} samples of the balance, "
            f"{stage.checker.sampler.away} seconds with the store away")  # fmt: skip
    return [result], 0


def _show(results: list[Result]) -> None:
    for one in results:
        mark = "ok" if one.good else "NOT KEPT"
        print(
            f"{one.name:36} {mark:8} kills {one.kills:3}  acknowledged {one.acknowledged:6}  lost "
            f"{one.lost}  duplicated {one.duplicated}  unexpected {one.unexpected}  "
            f"{'recovered' if one.recovered else 'not recovered'} in {one.seconds:.0f} s"
        )
        if one.again:
            print(f"  lived through once more, as this had not been seen in time: {one.again}")
        if one.why:
            print(one.why)
    kills = sum(one.kills for one in results)
    bad = sum(not one.good for one in results)
    print(f"{len(results)} faults, {kills} kills, {bad} not as promised")


if __name__ == "__main__":
    sys.exit(main())
