"""The hand-written rules: one file of a rules folder is one rule, found by being there."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType, ModuleType
from typing import Protocol, TypeVar

from schemas import Table
from validators import rules as on_rows
from validators.dossier import rules as on_dossiers
from validators.dossier.rule import DossierRule
from validators.neighbours import LOCAL_KEY, Link
from validators.rule import Compares, Rule


class RuleFileError(ImportError):
    """A file of a rules folder that is no rule: it must define one ``RULE`` with its own code."""


class _Coded(Protocol):
    @property
    def code(self) -> str: ...


_R = TypeVar("_R", bound=_Coded)


@cache
def discover() -> tuple[Rule, ...]:
    """All hand-written rules on rows, by code. Raises RuleFileError for a file that is no rule."""
    return _in_folder(on_rows, Rule)


@cache
def discover_dossier_rules() -> tuple[DossierRule, ...]:
    """All rules on whole dossiers, by code. Raises RuleFileError for a file that is no rule."""
    return _in_folder(on_dossiers, DossierRule)


def _in_folder(package: ModuleType, sort: type[_R]) -> tuple[_R, ...]:
    """The code of a rule ends with the name of its file, so that a finding leads to the file."""
    folder = package.__name__.replace(".", "/")
    found: dict[str, _R] = {}
    for module in pkgutil.iter_modules(package.__path__):
        rule = getattr(import_module(f"{package.__name__}.{module.name}"), "RULE", None)
        if not isinstance(rule, sort):
            raise RuleFileError(f"{folder}/{module.name}.py defines no RULE")
        if rule.code.rpartition("/")[2] != module.name:
            raise RuleFileError(
                f"{folder}/{module.name}.py: code {rule.code!r} must end with its name"
            )
        if rule.code in found:
            raise RuleFileError(f"{folder}/{module.name}.py: code {rule.code!r} is taken")
        found[rule.code] = rule
    return tuple(found[code] for code in sorted(found))


@cache
def asked_for() -> Mapping[str, frozenset[tuple[str, ...]]]:
    """The fields by which rules ask for rows of a table, by table.

    Whoever keeps rows must be able to find them by these fields.
    """
    found: dict[str, set[tuple[str, ...]]] = {}
    for table, link in _links():
        found.setdefault(table, set()).add(link.fields)
    return MappingProxyType({table: frozenset(fields) for table, fields in found.items()})


@cache
def cells_read(table: Table) -> frozenset[str]:
    """The cells that rules read of a row of this table when it stands beside another."""
    read = {LOCAL_KEY, *table.key}
    for code, link in _links():
        if code == table.code:
            read.update(link.fields, link.columns)
    return frozenset(read & set(table.columns))


def _links() -> Iterator[tuple[str, Link]]:
    for rule in discover():
        for link in rule.check.links if isinstance(rule.check, Compares) else ():
            for table in link.tables:
                yield table, link
