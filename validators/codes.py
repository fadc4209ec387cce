"""Codes are for ever: which were issued, which are retired, and what took their place.

Findings, waivers and reports name rules by code. When a rule is renamed, the old code leads to the
new one, so that a replay compares like with like and an old finding can still be explained.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

FILE = Path(__file__).parent / "codes.toml"


@cache
def issued() -> tuple[str, ...]:
    """All codes that a hand-written rule ever had."""
    return tuple(_read()["issued"])


@cache
def retired() -> Mapping[str, str | None]:
    """The codes that are no longer in use, each with the one that took its place, if any."""
    entries = _read().get("retired", [])
    return MappingProxyType({one["code"]: one.get("replaced_by") for one in entries})


@cache
def renamed() -> Mapping[str, str]:
    """Old code → the code that stands for it now, across several renamings.

    Raises ValueError for codes that replace one another in a circle.
    """
    steps = {old: new for old, new in retired().items() if new is not None}
    found: dict[str, str] = {}
    for old in steps:
        now, seen = old, {old}
        while now in steps:
            now = steps[now]
            if now in seen:
                raise ValueError(f"codes.toml: {old} is replaced in a circle")
            seen.add(now)
        found[old] = now
    return MappingProxyType(found)


def with_new(text: str, codes: Iterable[str]) -> str:
    """The text of the file with those codes added that it lacks, in the order of the alphabet."""
    head, opening, rest = text.partition("issued = [\n")
    _, closing, tail = rest.partition("]\n")
    every = sorted({*tomllib.loads(text)["issued"], *codes})
    return head + opening + "".join(f'    "{code}",\n' for code in every) + closing + tail


def _read() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text("utf-8"))
