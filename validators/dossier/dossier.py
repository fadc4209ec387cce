"""A dossier: the rows in effect of all tables that belong to one project, area or process.

Two questions are answered here: which dossier a row belongs to, and which rows of a dossier speak
of one case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from schemas import Table
from validators.dossier.flow import NOTHING, SetUp
from validators.dossier.row import Row, Rows

DossierKind = Literal["project", "plan", "area", "approval"]

CASE, STEPS, PROJECT = "SPGL_XMSPSXBLXXB", "SPGL_XMSPSXBLXXXXB", "SPGL_XMJBXXB"
CASE_NUMBER = "SPSXSLBM"
_COMMITMENT_CHECK = "SPGL_GZCNZBJJGXXB"
_KEYS: tuple[tuple[DossierKind, str], ...] = (
    ("project", "GCDM"),
    ("plan", "XMDM"),
    ("area", "XZQHDM"),
    ("approval", "LSH"),
)
_LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class Belonging:
    """The dossier of a row: of which kind, and its key."""

    kind: DossierKind
    key: str


def belonging(table: Table, values: Mapping[str, str | None]) -> tuple[Belonging, ...]:
    """The dossiers that a row belongs to; empty when it names none.

    A row belongs to its engineering unit (GCDM); one without, to the project code (XMDM); what
    belongs to no project, to the division; a row of a table without division, to its process (LSH).
    The project's own row belongs to its unit and to its project code.
    """
    if table.code == PROJECT:
        kinds = _KEYS[:2]
    else:
        kinds = next(
            (
                ((kind, code),)
                for kind, code in _KEYS
                if code in table.by_code and (kind != "approval" or not _has_division(table))
            ),
            (),
        )
    keys = ((kind, (values.get(code) or "").strip()) for kind, code in kinds)
    return tuple(Belonging(kind, key) for kind, key in keys if _names(key))


def _names(key: str) -> bool:
    """Whether a text can name a dossier: garbage belongs to none."""
    return 0 < len(key) <= _LONGEST_KEY and key.isprintable()


def _has_division(table: Table) -> bool:
    return "XZQHDM" in table.by_code


@dataclass(frozen=True)
class Dossier:
    """One dossier. ``rows`` are those whose content counts, ``returned`` those being mended.

    ``area`` holds what the division has set up (flows, stages, items, catalogues), for a project.
    """

    kind: DossierKind
    key: str
    rows: Rows
    returned: Rows = field(default_factory=dict)
    area: SetUp = NOTHING

    def of(self, table: str) -> tuple[Row, ...]:
        """The rows of a table; empty when there are none."""
        return self.rows.get(table, ())

    @property
    def bodies(self) -> frozenset[str]:
        """The bodies whose rows count."""
        return frozenset(row.body for rows in self.rows.values() for row in rows)

    @cached_property
    def set_up(self) -> SetUp:
        """What the division has set up: an area's own rows, or those of a project's area."""
        return SetUp(self.rows) if self.kind == "area" else self.area

    @cached_property
    def _cases(self) -> Mapping[str, Rows]:
        return _by_case(self.rows)

    @cached_property
    def _returned_cases(self) -> Mapping[str, Rows]:
        return _by_case(self.returned)

    def of_case(self, number: str, table: str) -> tuple[Row, ...]:
        """The rows of a table that name this case."""
        return self._cases.get(number, {}).get(table, ())

    def returned_of_case(self, number: str, table: str) -> tuple[Row, ...]:
        """The rows of a table that name this case and are being mended."""
        return self._returned_cases.get(number, {}).get(table, ())

    def all_of_case(self, number: str) -> Iterable[Row]:
        """All rows that name this case, those being mended among them."""
        for found in (self._cases, self._returned_cases):
            for rows in found.get(number, {}).values():
                yield from rows


def _by_case(rows: Rows) -> dict[str, dict[str, tuple[Row, ...]]]:
    found: dict[str, dict[str, list[Row]]] = {}
    for table, members in rows.items():
        names = "SPSXBM" if table == _COMMITMENT_CHECK else CASE_NUMBER
        for row in members:
            if number := row.text(names):
                found.setdefault(number, {}).setdefault(table, []).append(row)
    return {
        number: {table: tuple(members) for table, members in tables.items()}
        for number, tables in found.items()
    }
