"""A version of the exchange standard: its tables, fields and code lists, and when it is in force.

A version is a folder under ``schemas/spgl/``. Code asks for a version by name or by day and never
names one itself. An overlay (province, city or county) tightens or adds to a version; see
``schemas.overlay``.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

ROOT = Path(__file__).parent / "spgl"

FieldType = Literal["string", "integer", "decimal", "date", "datetime"]
Required = Literal["M", "C", "O"]


class UnknownStandardError(LookupError):
    """The standard has no such version; the message lists those there are."""


class UnknownTableError(LookupError):
    """This version of the standard has no such table; the message names the nearest."""


@dataclass(frozen=True, slots=True)
class Condition:
    """When a conditional field must be filled, as far as a machine can tell.

    Exactly one of the two is set: ``values`` (another field of the same row holds one of these
    codes) or ``given`` (another field of the same row is filled).
    """

    field: str
    values: frozenset[str] | None = None
    given: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """A row of ``table`` that must exist: these fields of the child equal those of the parent."""

    fields: tuple[str, ...]
    table: str
    to_fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CodeList:
    """A list of codes. ``complete`` is false where values are missing: it must not reject then."""

    code: str
    name: str
    values: Mapping[str, str | None]
    complete: bool
    multi_value: bool = False
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a table.

    ``length`` counts characters, ``precision`` digits, ``scale`` digits after the point; None means
    that the limit is not public. ``format`` is a date layout or a regular expression.
    ``receiver`` marks columns that the higher platform fills (serial number, failure reason).
    """

    code: str
    name: str
    name_en: str
    type: FieldType
    required: Required
    required_confidence: str
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    condition: str | None = None
    when: Condition | None = None
    codelist: str | None = None
    format: str | None = None
    receiver: bool = False
    note: str | None = None
    confidence: str = "medium"


@dataclass(frozen=True)
class Table:
    """A table of the standard: its business key, its parents and its fields in printed order."""

    code: str
    name: str
    name_en: str
    group: str
    purpose: str
    scope: str
    section: str | None
    table_no: str | None
    key: tuple[str, ...]
    references: tuple[Reference, ...]
    order: int
    fields: tuple[Field, ...]
    confidence: str

    def __hash__(self) -> int:
        return hash((self.code, len(self.fields)))  # the hash of all of it would cost as much

    @cached_property
    def by_code(self) -> Mapping[str, Field]:
        """The fields by their code."""
        return MappingProxyType({field.code: field for field in self.fields})

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The codes of all fields, in printed order."""
        return tuple(self.by_code)


@dataclass(frozen=True)
class Standard:
    """A version of the standard, with an overlay or without (``overlay`` is then empty).

    ``covers`` are the printed versions it describes: public sources do not tell all of them apart.
    ``event_times`` names, per table, the field that says when the business event happened.
    """

    version: str
    name: str
    covers: tuple[str, ...]
    in_force_from: date
    in_force_to: date | None
    tables: Mapping[str, Table]
    codelists: Mapping[str, CodeList]
    codelists_hash: str
    event_times: Mapping[str, str]
    overlay: str = ""

    def table(self, code: str) -> Table:
        """The table of this code; raises UnknownTableError with the nearest names."""
        try:
            return self.tables[code]
        except KeyError:
            from difflib import get_close_matches

            near = ", ".join(get_close_matches(code, self.tables, n=3)) or "none similar"
            raise UnknownTableError(
                f"standard {self.version} has no table {code!r}; nearest: {near}"
            ) from None

    @cached_property
    def in_order(self) -> tuple[Table, ...]:
        """All tables, parents before children."""
        return tuple(sorted(self.tables.values(), key=lambda table: table.order))


def versions() -> tuple[str, ...]:
    """The names of all versions, oldest first."""
    return tuple(sorted(path.parent.name for path in ROOT.glob("*/version.toml")))


def in_force(day: date) -> tuple[str, ...]:
    """The versions in force on a day; more than one while an old and a new one overlap."""
    found = (load(name) for name in versions())
    return tuple(
        standard.version
        for standard in found
        if standard.in_force_from <= day
        and (standard.in_force_to is None or day <= standard.in_force_to)
    )


@cache
def load(version: str) -> Standard:
    """The national text of a version, without overlay. Raises UnknownStandardError."""
    folder = ROOT / version
    if version not in versions():
        raise UnknownStandardError(f"no standard {version!r}; there are: {', '.join(versions())}")
    meta = tomllib.loads((folder / "version.toml").read_text("utf-8"))
    codes = (folder / "codes.toml").read_bytes()
    tables = (
        _table(tomllib.loads(path.read_text("utf-8"))) for path in (folder / "tables").glob("*")
    )
    return Standard(
        version=version,
        name=meta["name"],
        covers=tuple(meta["covers"]),
        in_force_from=date.fromisoformat(meta["in_force_from"]),
        in_force_to=date.fromisoformat(meta["in_force_to"]) if "in_force_to" in meta else None,
        tables=MappingProxyType(
            {table.code: table for table in sorted(tables, key=lambda table: table.order)}
        ),
        codelists=MappingProxyType(
            {
                code: _codelist(code, entry)
                for code, entry in tomllib.loads(codes.decode("utf-8")).items()
            }
        ),
        codelists_hash=hashlib.sha256(codes).hexdigest()[:16],
        event_times=MappingProxyType(meta.get("event_times", {})),
    )


def table_of(version: str, code: str) -> Table | None:
    """The table as the standard declares it; None for one that it does not know, or no longer."""
    try:
        return load(version).table(code)
    except (UnknownStandardError, UnknownTableError):
        return None


def _codelist(code: str, entry: Mapping[str, Any]) -> CodeList:
    return CodeList(
        code=code,
        name=entry["name"],
        values=MappingProxyType({key: value.get("name") for key, value in entry["values"].items()}),
        complete=entry["complete"],
        multi_value=entry.get("multi_value", False),
        pattern=entry.get("pattern"),
    )


def _table(entry: Mapping[str, Any]) -> Table:
    return Table(
        code=entry["code"],
        name=entry["name"],
        name_en=entry["name_en"],
        group=entry["group"],
        purpose=entry["purpose"],
        scope=entry["scope"],
        section=entry.get("section"),
        table_no=entry.get("table_no"),
        key=tuple(entry["key"]),
        references=tuple(
            Reference(tuple(ref["fields"]), ref["table"], tuple(ref["to_fields"]))
            for ref in entry.get("references", ())
        ),
        order=entry["order"],
        fields=tuple(parse_field(field) for field in entry["fields"]),
        confidence=entry["confidence"],
    )


def parse_field(entry: Mapping[str, Any]) -> Field:
    """A field from its TOML form; overlays use the same form."""
    when = entry.get("when")
    return Field(
        code=entry["code"],
        name=entry["name"],
        name_en=entry["name_en"],
        type=entry["type"],
        required=entry["required"],
        required_confidence=entry.get("required_confidence", "high"),
        length=entry.get("length"),
        precision=entry.get("precision"),
        scale=entry.get("scale"),
        condition=entry.get("condition"),
        when=None
        if when is None
        else Condition(
            field=when["field"],
            values=frozenset(when["in"]) if "in" in when else None,
            given=when.get("given", False),
        ),
        codelist=entry.get("codelist"),
        format=entry.get("format"),
        receiver=entry.get("written_by") == "receiver",
        note=entry.get("note"),
        confidence=entry.get("confidence", "medium"),
    )
