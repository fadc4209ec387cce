"""A flow version as the division has set it up: its stages and the items of each.

The two generations of the standard keep this in different tables; here it is one shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from validators.dossier.row import Row, Rows

FLOWS = ("SPGL_SPLCXXB", "SPGL_DFXMSPLCXXB")
_STAGES = ("SPGL_SPJDXXB", "SPGL_DFXMSPLCJDXXB")
_LINKS = ("SPGL_SPLCJBLSXXXB", "SPGL_DFXMSPLCJDSXXXB")
_ITEM = "SPGL_SPSXJBXXB"
PARALLEL_STAGE = 5
_YES, _NO = "1", "0"


class Link(NamedTuple):
    """An item in a stage; ``milestone`` is None where the generation does not tell."""

    stage: int
    item: str
    version: str
    name: str
    standard_code: str
    handling: str
    milestone: bool | None


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage: the limit in working days (0: none), any or all of its milestones end it."""

    number: int
    name: str
    limit: int
    any_milestone: bool
    links: tuple[Link, ...]

    @property
    def milestones(self) -> tuple[Link, ...]:
        """The items that end the stage, as far as told."""
        return tuple(link for link in self.links if link.milestone)


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow version with its stages in order."""

    row: Row
    stages: tuple[Stage, ...]

    @property
    def sort(self) -> str:
        """The standard type of the flow."""
        return self.row.text("DYBZSPLCLX") or self.row.text("SPLCLX")

    def in_use(self, day: date) -> bool:
        """Whether projects may be bound to it on this day."""
        begins, ends = self._begins, self._ends
        return (begins is None or begins <= day) and (ends is None or day < ends)

    def turns(self, day: date) -> date | None:
        """The next day after this one on which it comes into use or goes out of it."""
        ahead = [turn for turn in (self._begins, self._ends) if turn is not None and turn > day]
        return min(ahead, default=None)

    @property
    def _begins(self) -> date | None:
        return self.row.day("SXRQ") or self.row.day("SPLCSXSJ")

    @property
    def _ends(self) -> date | None:
        return self.row.day("TYRQ")

    def link(self, item: str) -> Link | None:
        """The place of an item in the flow."""
        links = (link for stage in self.stages for link in stage.links)
        return next((link for link in links if link.item == item), None)


class SetUp:
    """What a division has set up; flows are put together once and kept."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self._flows: dict[tuple[str, str], Flow | None] = {}

    def of(self, table: str) -> tuple[Row, ...]:
        """The rows of a table; empty when there are none."""
        return self.rows.get(table, ())

    def flow(self, code: str, version: str) -> Flow | None:
        """The flow version of this code; None when it is not there."""
        named = (code, _plain(version))
        if named not in self._flows:
            self._flows[named] = self._put_together(named) if code else None
        return self._flows[named]

    @cached_property
    def _items(self) -> dict[tuple[str, str], Row]:
        return {item_version(row): row for row in self.of(_ITEM)}

    def _put_together(self, named: tuple[str, str]) -> Flow | None:
        row = next((row for row in self._all(FLOWS) if _flow(row) == named), None)
        if row is None:
            return None
        links = [self._link(link) for link in self._all(_LINKS) if _flow(link) == named]
        stages = [
            Stage(
                number=number,
                name=stage.text("SPJDMC"),
                limit=stage.number("SPJDSX") or 0,
                any_milestone=stage.text("LCBSXLX") == "2",
                links=tuple(link for link in links if link.stage == number),
            )
            for stage in self._all(_STAGES)
            if _flow(stage) == named and (number := stage.number("SPJDXH")) is not None
        ]
        return Flow(row, tuple(sorted(stages, key=lambda stage: stage.number)))

    def _link(self, row: Row) -> Link:
        told = row if row.table == _LINKS[1] else self._items.get(item_version(row))
        return Link(
            stage=row.number("SPJDXH") or 0,
            item=row.text("SPSXBM"),
            version=item_version(row)[1],
            name=(told.text("SPSXMC") if told else "") or row.text("SPSXBM"),
            standard_code=told.text("DYBZSPSXBM") if told else "",
            handling=told.text("BJLX") if told else "",
            milestone={_YES: True, _NO: False}.get(row.text("SFLCBSX")),
        )

    def _all(self, tables: tuple[str, ...]) -> list[Row]:
        return [row for table in tables for row in self.of(table)]


NOTHING = SetUp({})


def item_version(row: Row) -> tuple[str, str]:
    """The item and its version that a row names, the version in one spelling."""
    return row.text("SPSXBM"), _plain(row.text("SPSXBBH"))


def _flow(row: Row) -> tuple[str, str]:
    return row.text("SPLCBM"), _plain(row.text("SPLCBBH"))


def _plain(version: str) -> str:
    """A version number in one spelling: 1.0 and 1 are the same."""
    if "." in version:
        version = version.rstrip("0").rstrip(".")
    return version
