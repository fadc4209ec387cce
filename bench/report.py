"""A benchmark as a command: its numbers to set, its figures as lines or as JSON."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bench.machine import machine

_WIDTH = 40


@dataclass(frozen=True, slots=True)
class Number:
    """A number that can be set on the command line, and its default."""

    default: int
    help: str | None = None


def report(
    name: str,
    arguments: list[str],
    numbers: Mapping[str, Number],
    measure: Callable[..., Mapping[str, object]],
) -> int:
    """Call ``measure`` with the numbers as keywords; print the machine and what it returns.

    The machine is asked before, so that its load is not that of the benchmark itself.
    """
    parser = argparse.ArgumentParser(prog=f"bench {name}")
    for each, number in numbers.items():
        parser.add_argument(f"--{each}", type=int, default=number.default, help=number.help)
    parser.add_argument("--format", choices=("text", "json"), default="text")
    options = vars(parser.parse_args(arguments))
    as_json = options.pop("format") == "json"
    described = machine()
    measured = measure(**options)
    if as_json:
        print(json.dumps({"machine": described.to_json(), **measured}))
        return 0
    print(described.sentence())
    for what, value in measured.items():
        print(f"{what:{_WIDTH}} {value}")
    return 0
