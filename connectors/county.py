"""The bodies that send us data: one TOML file each under ``counties/``, named by the body's code.

::

    name = "襄城区"
    divisions = ["420602"]             # division codes it may report
    effective_from = 2026-01-01
    connector = "front_database"       # module in connectors/
    every = "PT2S"                     # rhythm of the pull, ISO 8601
    compare_share = 0.01               # part of the time for comparing with the source; 0: never

    [links]                            # addresses that may be looked at, see allowed_links
    allow = ["https://…"]              # default: none, then nothing is ever contacted

    [[contacts]]                       # offices, never persons
    office = "…"
    duty = "…"

    [feeds."3.0"]                      # one per version of the standard it delivers
    connection = "county_420602_v3"    # name of a stored connection, never a secret
    tables = ["SPGL_XMJBXXB"]          # default: all national tables of the version
    cursor = "GXSJ"                    # further keys are the connector's own options

Every mistake in a file is reported with the file, the key and what was expected. An installation
may have its files in a folder of its own, which ``SPGL_COUNTIES`` names.
"""

from __future__ import annotations

import importlib
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol, cast

from connectors.allowed_links import NOTHING_ALLOWED, AllowedLinks, is_address
from connectors.base import RefusedError, Source, StopError
from connectors.connections import Connections
from schemas import Standard, Table, versions

ROOT = Path(__file__).parent / "counties"
FOLDER = "SPGL_COUNTIES"

_CODE = re.compile(r"\d{6}(-[a-z0-9]+)?\Z")
_DIVISION = re.compile(r"\d{6}\Z")
_EVERY = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?\Z")
_COMPARE_SHARE = 0.01
_KEYS = {
    "name", "divisions", "effective_from", "connector", "every", "contacts", "feeds", "link",
    "compare_share", "links",
}  # fmt: skip


class BodyFileError(StopError):
    """A body's file is wrong; the message names the file and the key and says what is allowed."""


@dataclass(frozen=True, slots=True)
class Contact:
    """An office (never a person) and what it is turned to for."""

    office: str
    duty: str


@dataclass(frozen=True, slots=True)
class Feed:
    """How a body delivers one version of the standard; ``options`` are the connector's own."""

    standard: str
    connection: str
    tables: tuple[str, ...] | None
    options: Mapping[str, Any]

    def tables_of(self, standard: Standard) -> tuple[Table, ...]:
        """The tables it delivers, parents first; raises UnknownTableError."""
        if self.tables is None:
            return tuple(table for table in standard.in_order if table.scope == "national")
        named = {standard.table(code).code for code in self.tables}
        return tuple(table for table in standard.in_order if table.code in named)


@dataclass(frozen=True, slots=True)
class Body:
    """A county, zone or department that sends us data.

    ``link`` is the template of a page of its own system, with column codes in braces;
    ``compare_share`` the part of the time that may go into comparing its tables with what we hold.
    """

    code: str
    name: str
    divisions: frozenset[str]
    effective_from: date
    connector: str
    every: timedelta
    contacts: tuple[Contact, ...]
    feeds: Mapping[str, Feed]
    link: str | None = None
    compare_share: float = _COMPARE_SHARE
    links: AllowedLinks = NOTHING_ALLOWED

    def feed(self, standard: str) -> Feed:
        """The feed of a version; raises RefusedError naming the versions it does deliver."""
        try:
            return self.feeds[standard]
        except KeyError:
            raise RefusedError(
                f"delivers no standard {standard!r}, only {', '.join(self.feeds)}", body=self.code
            ) from None


class SourceModule(Protocol):
    """What a module named by ``connector`` offers."""

    def open_source(
        self, body: Body, feed: Feed, standard: Standard, connections: Connections
    ) -> Source:
        """The source of one feed; opening reads nothing yet."""


def load_bodies(folder: Path | None = None) -> Mapping[str, Body]:
    """All bodies by code; by default of the folder that SPGL_COUNTIES names, or those that ship.

    Raises BodyFileError at the first wrong file, and for a folder without any.
    """
    return _all_of(folder or Path(os.environ.get(FOLDER) or ROOT))


@cache
def _all_of(folder: Path) -> Mapping[str, Body]:
    found = {path.stem: read_body(path) for path in sorted(folder.glob("*.toml"))}
    if not found:
        raise BodyFileError(f"{folder}: expected a file such as 420602.toml for each body")
    return MappingProxyType(found)


def dealt(bodies: Mapping[str, Body], most: int) -> list[dict[str, Any]]:
    """The bodies dealt out in turn to at most ``most`` hands, so that each has some of every kind.

    Each hand has the ``codes`` of its bodies and their ``names`` in short.
    """
    hands = [sorted(bodies)[start::most] for start in range(most)]
    return [
        {"codes": hand, "names": names_in_short([bodies[code].name for code in hand])}
        for hand in hands
        if hand
    ]


def names_in_short(names: Sequence[str], most: int = 200) -> str:
    """Names of bodies where there is room for ``most`` characters: all, or the first and how many.

    Airflow takes 250 characters for the name of a mapped task, and refuses the end of a task whose
    name is longer.
    """
    text = "、".join(names)
    if len(text) <= most:
        return text
    tail = f"等{len(names)}个单位"
    first = list(names)
    while first and len("、".join(first)) + len(tail) > most:
        first.pop()
    return ("、".join(first) or names[0][: most - len(tail)]) + tail


def open_source(body: Body, standard: Standard, connections: Connections) -> Source:
    """The source of a body for one version of the standard, by the body's connector.

    Raises RefusedError when the body does not deliver that version and StopError when the
    connector or the connection is not there. Nothing is contacted yet.
    """
    module = cast(SourceModule, importlib.import_module(f"connectors.{body.connector}"))
    return module.open_source(body, body.feed(standard.version), standard, connections)


def read_body(path: Path) -> Body:
    """One body from its file; raises BodyFileError."""
    return _BodyFile(path).body()


class _BodyFile:
    """One file while it is read: every complaint names the file and the key."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.content = tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BodyFileError(f"{path.name}: not valid TOML in UTF-8: {error}") from None

    def body(self) -> Body:
        if not _CODE.match(self.path.stem):
            raise self._wrong("file name", "a division code, perhaps with -suffix (420600-gxq)")
        unknown = sorted(self.content.keys() - _KEYS)
        if unknown:
            raise self._wrong(unknown[0], f"one of the known keys: {', '.join(sorted(_KEYS))}")
        return Body(
            code=self.path.stem,
            name=self._text(self.content, "name"),
            divisions=self._divisions(),
            effective_from=self._day("effective_from"),
            connector=self._connector(),
            every=self._every(),
            contacts=self._contacts(),
            feeds=self._feeds(),
            link=self._text(self.content, "link") if "link" in self.content else None,
            compare_share=self._share(),
            links=self._links(),
        )

    def _wrong(self, key: str, expected: str) -> BodyFileError:
        return BodyFileError(f"{self.path.name}: {key}: expected {expected}")

    def _text(
        self, entry: Mapping[str, Any], key: str, at: str = "", *, what: str = "a text"
    ) -> str:
        value = entry.get(key)
        if not isinstance(value, str) or not value.strip():
            found = f"not {value!r}" if key in entry else "but it is missing"
            raise self._wrong(at + key, f"{what}, {found}")
        return value

    def _day(self, key: str) -> date:
        value = self.content.get(key)
        if not isinstance(value, date):
            raise self._wrong(key, "a date such as 2026-01-01, without quotes")
        return value

    def _divisions(self) -> frozenset[str]:
        value = self.content.get("divisions")
        if not (
            isinstance(value, list)
            and value
            and all(isinstance(code, str) and _DIVISION.match(code) for code in value)
        ):
            raise self._wrong("divisions", 'a list of six-digit codes such as ["420602"]')
        return frozenset(value)

    def _connector(self) -> str:
        name = self._text(self.content, "connector")
        there = source_modules()
        if name not in there:
            raise self._wrong("connector", f"one of {', '.join(there)}, not {name!r}")
        return name

    def _every(self) -> timedelta:
        what = "a time such as PT2S or PT1M"
        text = self._text(self.content, "every", what=what)
        found = _EVERY.match(text)
        parts = [int(part or 0) for part in found.groups()] if found else [0]
        if not any(parts):
            raise self._wrong("every", f"{what}, not {text!r}")
        hours, minutes, seconds = parts
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)

    def _share(self) -> float:
        value = self.content.get("compare_share", _COMPARE_SHARE)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise self._wrong("compare_share", f"a number from 0 to 1, not {value!r}")
        return float(value)

    def _links(self) -> AllowedLinks:
        entry = self.content.get("links", {})
        known = {"allow", "attachment"}
        if not isinstance(entry, dict) or entry.keys() - known:
            raise self._wrong("links", "a table with allow and perhaps attachment")
        allow = entry.get("allow", [])
        if not isinstance(allow, list) or not all(
            isinstance(one, str) and is_address(one) for one in allow
        ):
            raise self._wrong("links.allow", "a list of addresses such as https://host/path/")
        template = entry.get("attachment")
        found = AllowedLinks(tuple(allow), template)
        if template is not None and not (
            isinstance(template, str)
            and "{ID}" in template
            and found.allows(template.replace("{ID}", "1"))
        ):
            raise self._wrong("links.attachment", "an allowed address with {ID} in it")
        return found

    def _contacts(self) -> tuple[Contact, ...]:
        entries = self.content.get("contacts")
        if not isinstance(entries, list) or not entries:
            raise self._wrong("contacts", "at least one [[contacts]] with office and duty")
        return tuple(
            Contact(
                self._text(entry, "office", f"contacts[{number}]."),
                self._text(entry, "duty", f"contacts[{number}]."),
            )
            for number, entry in enumerate(entries)
        )

    def _feeds(self) -> Mapping[str, Feed]:
        entries = self.content.get("feeds")
        if not isinstance(entries, dict) or not entries:
            raise self._wrong("feeds", 'at least one [feeds."<version>"]')
        return MappingProxyType({name: self._feed(name, entry) for name, entry in entries.items()})

    def _feed(self, version: str, entry: Any) -> Feed:
        at = f'feeds."{version}".'
        if version not in versions():
            raise self._wrong(f'feeds."{version}"', f"a version: {', '.join(versions())}")
        if not isinstance(entry, dict):
            raise self._wrong(f'feeds."{version}"', "a table with connection")
        tables = entry.get("tables")
        if tables is not None and not (
            isinstance(tables, list) and tables and all(isinstance(name, str) for name in tables)
        ):
            raise self._wrong(at + "tables", "a list of table codes")
        options = {
            key: value for key, value in entry.items() if key not in {"connection", "tables"}
        }
        return Feed(
            standard=version,
            connection=self._text(entry, "connection", at),
            tables=None if tables is None else tuple(tables),
            options=MappingProxyType(options),
        )


def source_modules() -> tuple[str, ...]:
    """The modules here that are ways of receiving: those that define ``open_source``."""
    return tuple(
        path.stem
        for path in sorted(Path(__file__).parent.glob("*.py"))
        if path.stem != Path(__file__).stem and "\ndef open_source(" in path.read_text("utf-8")
    )
