"""Administrative divisions after GB/T 2260: names, parents, abolished codes, zones without a code.

The list covers the areas served, not the country. A code outside it is *not listed*, which is not
the same as *not assigned*; ``covers`` tells the two apart.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

LIST = Path(__file__).parent / "lists" / "divisions.toml"

CODE_LENGTH = 6
_CITY_DIGITS = 4


class UnknownDivisionError(LookupError):
    """The list has no such code; the message says whether it was abolished."""


@dataclass(frozen=True, slots=True)
class Division:
    """A province, prefecture, county or district, or a zone that statistics gave a code.

    ``gb2260`` is false where the code is not one of GB/T 2260. ``parent`` is None for provinces.
    """

    code: str
    name: str
    level: str
    parent: str | None
    gb2260: bool
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Abolished:
    """A code no longer in use: last year of its use, and the code that took over, if one did."""

    code: str
    name: str
    until: int
    successor: str | None


@dataclass(frozen=True, slots=True)
class Zone:
    """A development zone that approves projects and has no code of its own."""

    name: str
    parent: str


@dataclass(frozen=True)
class Divisions:
    """The whole list."""

    as_of: str
    known: Mapping[str, Division]
    abolished: Mapping[str, Abolished]
    zones: tuple[Zone, ...]


@cache
def divisions() -> Divisions:
    """The list that ships."""
    entry = tomllib.loads(LIST.read_text("utf-8"))
    return Divisions(
        as_of=entry["as_of"],
        known=MappingProxyType(
            {
                row["code"]: Division(
                    code=row["code"],
                    name=row["name"],
                    level=row["level"],
                    parent=row.get("parent"),
                    gb2260=row["gb2260"],
                    note=row.get("note"),
                )
                for row in entry["divisions"]
            }
        ),
        abolished=MappingProxyType(
            {
                row["code"]: Abolished(row["code"], row["name"], row["until"], row.get("successor"))
                for row in entry["abolished"]
            }
        ),
        zones=tuple(Zone(row["name"], row["parent"]) for row in entry["zones"]),
    )


def division(code: str) -> Division:
    """The division of this code. Raises UnknownDivisionError."""
    found = divisions().known.get(code)
    if found is not None:
        return found
    old = divisions().abolished.get(code)
    if old is None:
        raise UnknownDivisionError(
            f"division {code} is not in the list ({divisions().as_of}); "
            "add it to schemas/lists/divisions.toml if it exists"
        )
    successor = f"; use {old.successor}" if old.successor else ""
    raise UnknownDivisionError(f"division {code} was abolished in {old.until}{successor}")


def name(code: str) -> str:
    """The Chinese name, or the code itself where the list does not have it."""
    found = divisions().known.get(code)
    return code if found is None else found.name


def full_name(code: str) -> str:
    """The name with those above it: 湖北省襄阳市襄城区; the code itself where it is not listed."""
    found = divisions().known.get(code)
    if found is None:
        return code
    return (full_name(found.parent) if found.parent else "") + found.name


def parent(code: str) -> str | None:
    """The code above, None for a province. Raises UnknownDivisionError."""
    return division(code).parent


def children(code: str) -> tuple[Division, ...]:
    """The divisions directly below, in the order of their codes."""
    found = (each for each in divisions().known.values() if each.parent == code)
    return tuple(sorted(found, key=lambda each: each.code))


def covers(code: str) -> bool:
    """Whether the list has all divisions around this code, so that an unlisted one is wrong.

    Provinces are covered one by one; counties where their prefecture is listed with its counties.
    """
    if code in divisions().known or code in divisions().abolished:
        return True
    prefecture = code[:_CITY_DIGITS].ljust(CODE_LENGTH, "0")
    return bool(children(prefecture))
