"""The page of what was measured, from the results that ``./run bench record`` keeps."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

BENCH = Path(__file__).resolve().parent.parent / "bench"


def page(made: str) -> str:
    """Every kept result: what it measures, the command, the day, the machine, the figures."""
    lines = [
        "# Measured", "", made, "",
        "Each section is one run of the command it names, kept by `./run bench record`. Durations",
        "depend on the machine; read ratios where there are some. A load above the number of cores",
        "at the start means that other work ran beside it.",
    ]  # fmt: skip
    for path in sorted((BENCH / "results").glob("*.json")):
        kept = json.loads(path.read_text("utf-8"))
        lines += ["", *_section(kept)]
    return "\n".join(lines) + "\n"


def _section(kept: dict[str, Any]) -> Iterator[str]:
    command, day, machine = (kept.pop(name) for name in ("command", "day", "machine"))
    text = (BENCH / f"{command.split()[0]}.py").read_text("utf-8")
    yield f"## `./run bench {command}`"
    yield ""
    yield (ast.get_docstring(ast.parse(text)) or "").split("\n\n")[0].replace("\n", " ")
    yield ""
    yield (
        f"{day}; {machine['cores']} cores, {machine['memory_gib']:.0f} GiB, "
        f"{machine['processor']}; {machine['system']}; Python {machine['python']}; "
        f"load {machine['load']:.1f} at the start."
    )
    yield ""
    yield "| | |"
    yield "|---|--:|"
    for name, value in kept.items():
        yield f"| {name} | {_cell(value)} |"


def _cell(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_cell(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(map(_cell, value))
    return f"{value:,}" if isinstance(value, int | float) else str(value)
