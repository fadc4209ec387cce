"""Load dossiers from the store: the rows in effect, and what the division has set up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from exchange.store.connection import Conn
from exchange.store.queries import load
from schemas import Table
from validators.dossier.dossier import PROJECT, Dossier, DossierKind
from validators.dossier.flow import NOTHING, SetUp
from validators.dossier.row import Row, RowState, by_table

Q = load("dossiers")
DIVISION, CODE = "XZQHDM", "XMDM"
STATES: Mapping[str, RowState] = {"confirmed": "confirmed", "returned": "returned"}


class Shelf:
    """The dossiers of one version of the standard, as one transaction sees them.

    What divisions have set up is read once and kept, since many projects refer to it.
    """

    def __init__(self, conn: Conn, standard: str, tables: Mapping[str, Table]) -> None:
        self._conn = conn
        self._standard = standard
        self._tables = tables
        self._areas: dict[str, SetUp] = {}

    def fetch(self, kind: DossierKind, keys: Sequence[str]) -> dict[str, Dossier]:
        """The dossiers of these keys; one without any row in effect is empty."""
        rows = self._rows(kind, keys)
        if kind != "project":
            return {key: self._dossier(kind, key, rows.get(key, [])) for key in keys}
        plans = {code for members in rows.values() for code in _named(members, CODE)}
        beside = self._rows("plan", sorted(plans)) if plans else {}
        self._read_areas({area for members in rows.values() for area in _named(members, DIVISION)})
        return {key: self._project(key, rows.get(key, []), beside) for key in keys}

    def units_of(self, plans: Sequence[str]) -> list[str]:
        """The projects (GCDM) that share one of these project codes."""
        asked = {"standard": self._standard, "keys": list(plans)}
        return [row["key"] for row in self._conn.execute(Q["units_of_plans"], asked)]

    def _project(self, key: str, rows: list[Row], plans: Mapping[str, list[Row]]) -> Dossier:
        codes = _named(rows, CODE)
        beside = [row for code in codes for row in plans.get(code, ()) if row.table != PROJECT]
        areas = [self._areas[one] for one in _named(rows, DIVISION) if one in self._areas]
        return self._dossier("project", key, [*rows, *beside], areas[0] if areas else NOTHING)

    def _dossier(
        self, kind: DossierKind, key: str, rows: Iterable[Row], area: SetUp = NOTHING
    ) -> Dossier:
        rows = list(rows)
        return Dossier(
            kind,
            key,
            by_table(row for row in rows if row.state != "returned"),
            by_table(row for row in rows if row.state == "returned"),
            area,
        )

    def _read_areas(self, areas: set[str]) -> None:
        new = sorted(areas - self._areas.keys())
        rows = self._rows("area", new) if new else {}
        for area in new:
            members = rows.get(area, [])
            self._areas[area] = SetUp(by_table(row for row in members if row.state != "returned"))

    def _rows(self, kind: DossierKind, keys: Sequence[str]) -> dict[str, list[Row]]:
        asked: dict[str, Any] = {"standard": self._standard, "kind": kind, "keys": list(keys)}
        found: dict[str, list[Row]] = {}
        for row in self._conn.execute(Q["rows_of"], asked):
            if row["table_code"] in self._tables:
                found.setdefault(row["key"], []).append(_row(row))
        return found


def _row(row: Mapping[str, Any]) -> Row:
    return Row(
        version=row["id"],
        body=row["body"],
        table=row["table_code"],
        values=row["raw"],
        arrived=row["pulled_at"],
        state=STATES.get(row["state"], "arrived"),
        where=row["place"],
    )


def _named(rows: Iterable[Row], code: str) -> list[str]:
    """The different filled values of a column, in order of first appearance."""
    return list(dict.fromkeys(text for row in rows if (text := row.text(code))))
