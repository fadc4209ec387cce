"""What the invented counties approve: kinds of projects, their flows and items (catalogue.toml)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from schemas.standard import Table

_FILE = Path(__file__).with_name("catalogue.toml")
#: The one version of every flow and item that a set-up sends.
FIRST_VERSION = "1"
PARALLEL_STAGE = 5


class UnknownKindError(LookupError):
    """There is no such kind of project; the message lists those there are."""


@dataclass(frozen=True, slots=True)
class Item:
    """An approval item. ``number`` makes its local code; limits are in working days."""

    number: int
    key: str
    name: str
    stage: int
    department: str
    office: str
    limit: int
    statutory: int
    result: str
    codes: dict[str, str]
    materials: tuple[str, ...]
    consulted: tuple[str, ...] = ()
    joint: str = ""
    detail: str = ""
    commitment: bool = False
    special: bool = False

    def code(self, division: str) -> str:
        """The code the division gives this item."""
        return f"{division}SX{self.number:03d}"

    def material_code(self, division: str, place: int) -> str:
        """The catalogue number of its material at this place, counted from 0."""
        return f"{self.code(division)}-{place + 1:02d}"

    def standard_code(self, table: Table) -> str:
        """The matching standard item code, from the list that the table's field names."""
        return self.codes[table.by_code["DYBZSPSXBM"].codelist or ""]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of project with its flow. ``limits`` are the stage limits in working days."""

    key: str
    name: str
    flow_type: str
    limits: dict[int, int]
    items: tuple[Item, ...]

    def flow_code(self, division: str) -> str:
        """The code the division gives this flow."""
        return f"{division}LC{int(self.flow_type):02d}"


@cache
def items() -> tuple[Item, ...]:
    """All items, in the order of the catalogue."""
    return tuple(_item(number, entry) for number, entry in enumerate(_read()["items"], start=1))


@cache
def kinds() -> tuple[Kind, ...]:
    """All kinds of projects, each with its items in the order of a project's life."""
    by_key = {item.key: item for item in items()}
    return tuple(
        Kind(
            key=entry["key"],
            name=entry["name"],
            flow_type=entry["flow_type"],
            limits={int(stage): limit for stage, limit in entry["limits"].items()},
            items=tuple(by_key[key] for key in entry["items"]),
        )
        for entry in _read()["kinds"]
    )


def kind(key: str) -> Kind:
    """The kind of this key; raises UnknownKindError."""
    for each in kinds():
        if each.key == key:
            return each
    raise UnknownKindError(
        f"no kind of project {key!r}; there are: {', '.join(each.key for each in kinds())}"
    )


def _item(number: int, entry: dict[str, Any]) -> Item:
    lists: dict[str, Any] = {
        key: tuple(entry[key]) for key in ("materials", "consulted") if key in entry
    }
    return Item(number=number, **(entry | lists))


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text("utf-8"))
