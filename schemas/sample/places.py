"""Where a record comes from: the division's names, and points within it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from schemas import divisions

_IDENTIFIERS = Path(__file__).parent.parent / "lists" / "identifiers.toml"
_COUNTY_LEVELS = frozenset({"district", "county", "county_level_city"})
_CITY_DIGITS = 4
#: Drawn points stay away from the edge of the box by this share of its width.
_MARGIN = 0.3

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Place:
    """A division with the name of its city, its full name and the box its points lie in."""

    code: str
    name: str
    city: str
    full: str
    box: Box

    def point(self, rng: Random) -> tuple[str, str]:
        """Longitude and latitude in degrees (CGCS2000), as text with six decimals."""
        west, east, south, north = self.box
        return (
            f"{_between(rng, west, east):.6f}",
            f"{_between(rng, south, north):.6f}",
        )


@cache
def place(code: str) -> Place:
    """The place of a division code; a code that is not listed stands for its own name."""
    known = divisions.divisions().known.get(code)
    above = known.parent if known else None
    at_county = known is not None and known.level in _COUNTY_LEVELS
    return Place(
        code=code,
        name=divisions.name(code),
        city=divisions.name(above) if above and at_county else divisions.name(code),
        full=divisions.full_name(code),
        box=_box(code),
    )


@cache
def counties() -> tuple[str, ...]:
    """The codes of all districts and counties of the list."""
    return tuple(
        sorted(
            each.code
            for each in divisions.divisions().known.values()
            if each.level in _COUNTY_LEVELS
        )
    )


def elsewhere(rng: Random, code: str) -> str:
    """A county that belongs to another city than this division."""
    return rng.choice(
        [other for other in counties() if other[:_CITY_DIGITS] != code[:_CITY_DIGITS]]
    )


def _between(rng: Random, low: float, high: float) -> float:
    room = (high - low) * _MARGIN
    return rng.uniform(low + room, high - room)


def _box(code: str) -> Box:
    """The box of the city where it is known, of the country otherwise."""
    boxes = _boxes()
    return boxes.get(code[:_CITY_DIGITS].ljust(len(code), "0"), boxes["national"])


@cache
def _boxes() -> dict[str, Box]:
    entries = tomllib.loads(_IDENTIFIERS.read_text("utf-8"))["identifiers"]
    rule = next(entry["rule"] for entry in entries if entry["id"] == "coordinates")
    return {area: (*box["lon"], *box["lat"]) for area, box in rule.items()}
