"""Clauses: what the standard and the management rules ask of the data, one by one.

A clause is the ground a rule stands on. Its statement is in our own words, Chinese for the people
who get notices, English for those who write rules.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from schemas.standard import Standard, Table, load, versions

LIST = Path(__file__).parent / "clauses.toml"

Severity = Literal["error", "warning", "info"]
EVERY_TABLE = "*"


class UnknownClauseError(LookupError):
    """No clause has this id."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One demand on the data.

    ``tables`` is ``("*",)`` for all tables; ``fields`` are column codes, ``fields_like`` patterns
    for them. ``versions`` are the printed versions it holds for, empty for all. ``severity``:
    error = the receiver is known or expected to refuse, warning = quality, info = monitoring.
    ``params`` are limits (days, minutes, lengths) that the statement names.
    """

    id: str
    tables: tuple[str, ...]
    fields: tuple[str, ...]
    kind: str
    statement: str
    statement_en: str
    severity: Severity
    confidence: str
    source: tuple[str, ...]
    versions: tuple[str, ...]
    fields_like: tuple[str, ...]
    codelist: str | None
    params: Mapping[str, Any]
    note: str | None

    def holds_for(self, standard: Standard) -> bool:
        """Whether it holds for this version of the standard (which may cover several printed)."""
        return not self.versions or bool(set(self.versions) & set(standard.covers))

    def columns(self, table: Table) -> tuple[str, ...]:
        """The columns of a table that it speaks of, in printed order."""
        return tuple(
            code
            for code in table.columns
            if code in self.fields or any(fnmatchcase(code, like) for like in self.fields_like)
        )


@cache
def clauses() -> Mapping[str, Clause]:
    """All clauses by id, in the order of the file."""
    entries = tomllib.loads(LIST.read_text("utf-8"))["clauses"]
    return MappingProxyType({entry["id"]: _clause(entry) for entry in entries})


def clause(clause_id: str) -> Clause:
    """The clause of this id. Raises UnknownClauseError."""
    try:
        return clauses()[clause_id]
    except KeyError:
        raise UnknownClauseError(
            f"no clause {clause_id!r}; clauses are listed in schemas/clauses.toml"
        ) from None


def clauses_for(table: str, version: str) -> tuple[Clause, ...]:
    """The clauses that hold for a table of a version, those on all tables first.

    A clause on all tables is left out where the table has none of the columns it names. Raises
    UnknownStandardError and UnknownTableError.
    """
    standard = load(version)
    found = standard.table(table)
    holding = [each for each in clauses().values() if each.holds_for(standard)]
    general = [c for c in holding if c.tables == (EVERY_TABLE,) and _touches(c, found)]
    return (*general, *(c for c in holding if table in c.tables))


def unplaced() -> tuple[Clause, ...]:
    """Clauses that hold for no table of any version: a slip in the file."""
    standards = [load(version) for version in versions()]
    return tuple(
        each
        for each in clauses().values()
        if not any(
            each.holds_for(standard)
            and (each.tables == (EVERY_TABLE,) or set(each.tables) & set(standard.tables))
            for standard in standards
        )
    )


def _touches(each: Clause, table: Table) -> bool:
    return not (each.fields or each.fields_like) or bool(each.columns(table))


def _clause(entry: Mapping[str, Any]) -> Clause:
    return Clause(
        id=entry["id"],
        tables=tuple(entry["tables"]),
        fields=tuple(entry["fields"]),
        kind=entry["kind"],
        statement=entry["statement"],
        statement_en=entry["statement_en"],
        severity=entry["severity"],
        confidence=entry["confidence"],
        source=tuple(entry["source"]),
        versions=tuple(entry.get("versions", ())),
        fields_like=tuple(entry.get("fields_like", ())),
        codelist=entry.get("codelist"),
        params=MappingProxyType(entry.get("params", {})),
        note=entry.get("note"),
    )
