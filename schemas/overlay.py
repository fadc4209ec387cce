"""Overlays: what a province, a city or a county adds to the national standard, or tightens in it.

An overlay is one TOML file under ``schemas/overlays/``, named by the division code of who decided
it. It may give lengths, precision and formats that the national text leaves open, make a field
mandatory, complete a code list and add fields. It may never loosen: what the level above refuses
stays refused, so that a record that passes here is not returned there. Overlays are applied from
the province down to the county.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

from schemas.standard import CodeList, Field, Standard, Table, load, parse_field
from schemas.tighten import LooseningError, tighten_codelist, tighten_field

ROOT = Path(__file__).parent / "overlays"

__all__ = [
    "LooseningError",
    "Overlay",
    "OverlayError",
    "apply",
    "overlays",
    "read",
    "standard_for",
    "versions_for",
]


class OverlayError(ValueError):
    """An overlay that is not there, does not fit the standard, or comes in the wrong order."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """One overlay as read from its file.

    ``example`` marks widths that no public text gives: a deployment must set its own.
    ``digest`` is a short hash of the file, part of every stamp.
    """

    name: str
    title: str
    example: bool
    digest: str
    in_force: Mapping[str, tuple[date | None, date | None]]
    every: tuple[Mapping[str, Any], ...]
    fields: tuple[Mapping[str, Any], ...]
    extra: tuple[Mapping[str, Any], ...]
    codelists: Mapping[str, Mapping[str, Any]]


def overlays() -> tuple[str, ...]:
    """The names of all overlays there are."""
    return tuple(sorted(path.stem for path in ROOT.glob("*.toml")))


@cache
def read(name: str) -> Overlay:
    """The overlay of this division code. Raises OverlayError when there is no such file."""
    if name not in overlays():
        raise OverlayError(
            f"no overlay {name!r}; there are: {', '.join(overlays())}; "
            "add schemas/overlays/<division code>.toml or take the name out of the county file"
        )
    return parse(name, (ROOT / f"{name}.toml").read_text("utf-8"))


def parse(name: str, text: str) -> Overlay:
    """An overlay from the text of its file; ``name`` is a division code."""
    entry = tomllib.loads(text)
    return Overlay(
        name=name,
        title=entry["name"],
        example=entry.get("example", False),
        digest=hashlib.sha256(text.encode()).hexdigest()[:8],
        in_force=MappingProxyType(
            {
                version: (span.get("from"), span.get("to"))
                for version, span in entry.get("in_force", {}).items()
            }
        ),
        every=tuple(entry.get("every", ())),
        fields=tuple(entry.get("fields", ())),
        extra=tuple(entry.get("extra", ())),
        codelists=MappingProxyType(entry.get("codelists", {})),
    )


def apply(standard: Standard, names: Sequence[str]) -> Standard:
    """The standard with these overlays on top, province first.

    The result carries the stamp of its overlays (``overlay``: names and a short hash). Raises
    OverlayError for a name, table, field or order that does not fit and LooseningError where an
    overlay would allow what the level above refuses.
    """
    return apply_all(standard, [read(name) for name in names])


def apply_all(standard: Standard, chain: Sequence[Overlay]) -> Standard:
    """The same with overlays that are already read."""
    _check_order([overlay.name for overlay in chain])
    for overlay in chain:
        standard = _apply_one(standard, overlay)
    if not chain:
        return standard
    digest = hashlib.sha256("".join(overlay.digest for overlay in chain).encode()).hexdigest()[:8]
    names = "+".join(overlay.name for overlay in chain)
    lists_digest = (
        _lists_digest(standard)
        if any(overlay.codelists for overlay in chain)
        else standard.codelists_hash
    )
    return replace(standard, overlay=f"{names}@{digest}", codelists_hash=lists_digest)


@cache
def standard_for(names: tuple[str, ...], version: str) -> Standard:
    """The version as it holds for a body whose file names these overlays; kept once built."""
    return apply(load(version), names)


def versions_for(feeds: Iterable[str], day: date, names: Sequence[str] = ()) -> tuple[str, ...]:
    """Which of a body's versions are in force on a day, oldest first.

    ``feeds`` are the versions the body reports, ``names`` its overlays, which may begin a version
    later or end it earlier than the national text. Raises UnknownStandardError.
    """
    found = (standard_for(tuple(names), version) for version in sorted(set(feeds)))
    return tuple(
        standard.version
        for standard in found
        if standard.in_force_from <= day
        and (standard.in_force_to is None or day <= standard.in_force_to)
    )


def _apply_one(standard: Standard, overlay: Overlay) -> Standard:
    tables = dict(standard.tables)
    for rule in overlay.every:
        tables = {code: _every(table, rule, overlay.name) for code, table in tables.items()}
    for rule in overlay.fields:
        if standard.version in rule.get("versions", [standard.version]):
            table = _table(tables, rule["table"], overlay.name)
            tables[table.code] = _tighten(table, rule, overlay.name)
    for rule in overlay.extra:
        if standard.version in rule.get("versions", [standard.version]):
            table = _table(tables, rule["table"], overlay.name)
            tables[table.code] = _add(table, rule, overlay.name)
    began, ended = overlay.in_force.get(standard.version, (None, None))
    ends = [day for day in (ended, standard.in_force_to) if day is not None]
    return replace(
        standard,
        tables=MappingProxyType(tables),
        codelists=MappingProxyType(_codelists(standard, overlay)),
        in_force_from=max(began or standard.in_force_from, standard.in_force_from),
        in_force_to=min(ends, default=None),
    )


def _every(table: Table, rule: Mapping[str, Any], overlay: str) -> Table:
    """A limit for all fields whose Chinese name matches; tighter limits stay as they are."""
    fields = []
    for field in table.fields:
        fits = (
            field.type == "string"
            and not field.receiver
            and any(fnmatchcase(field.name, pattern) for pattern in rule["names"])
        )
        if fits and (field.length is None or field.length > rule["length"]):
            where = f"{table.code}.{field.code}"
            fields.append(tighten_field(field, {"length": rule["length"]}, where, overlay))
        else:
            fields.append(field)
    return replace(table, fields=tuple(fields))


def _tighten(table: Table, rule: Mapping[str, Any], overlay: str) -> Table:
    code = rule["field"]
    if code not in table.by_code:
        raise OverlayError(
            f"overlay {overlay} changes {table.code}.{code}, which the standard does not have; "
            "correct the name, or declare it under [[extra]]"
        )
    changes = {k: v for k, v in rule.items() if k not in {"table", "field", "versions", "basis"}}
    changed = tighten_field(table.by_code[code], changes, f"{table.code}.{code}", overlay)
    return replace(table, fields=tuple(changed if f.code == code else f for f in table.fields))


def _add(table: Table, rule: Mapping[str, Any], overlay: str) -> Table:
    field: Field = parse_field(rule)
    if field.code in table.by_code:
        raise OverlayError(
            f"overlay {overlay} adds {table.code}.{field.code}, which is there already; "
            "tighten it under [[fields]] instead"
        )
    return replace(table, fields=(*table.fields, field))


def _codelists(standard: Standard, overlay: Overlay) -> dict[str, CodeList]:
    lists = dict(standard.codelists)
    for code, change in overlay.codelists.items():
        if standard.version not in change.get("versions", [standard.version]):
            continue
        if code not in lists:
            raise OverlayError(
                f"overlay {overlay.name} changes the code list {code!r}, which version "
                f"{standard.version} does not have; there are: {', '.join(lists)}"
            )
        lists[code] = tighten_codelist(lists[code], change, overlay.name)
    return lists


def _table(tables: Mapping[str, Table], code: str, overlay: str) -> Table:
    if code not in tables:
        raise OverlayError(
            f"overlay {overlay} names the table {code!r}, which this version does not have; "
            'correct the name or limit the entry with versions = ["…"]'
        )
    return tables[code]


def _check_order(names: Sequence[str]) -> None:
    """Each overlay must be decided by a division inside the one before it."""
    for upper, lower in pairwise(names):
        inside = upper.rstrip("0")
        inside += "0" * (len(inside) % 2)
        if upper == lower or not lower.startswith(inside):
            raise OverlayError(
                f"overlay {lower} cannot stand on {upper}: the order is province, city, county, "
                "each inside the one before; correct `overlays` in the county file"
            )


def _lists_digest(standard: Standard) -> str:
    content = {
        code: [entry.name, sorted(entry.values.items()), entry.complete, entry.pattern]
        for code, entry in sorted(standard.codelists.items())
    }
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()[:16]
