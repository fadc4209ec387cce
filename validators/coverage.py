"""Clause by clause: which rules cover it, and where none does, why.

The reasons are data (``not_built.toml``). A clause with neither is a hole, and a test fails.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from schemas.clauses import clauses

NOT_BUILT = Path(__file__).parent / "not_built.toml"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a clause has no rule, or with ``partly`` not a whole one, and what one would need."""

    needs: str
    reason: str
    partly: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """A clause with the codes of its rules and the reason for what is missing."""

    clause: str
    rules: tuple[str, ...]
    reason: Reason | None

    @property
    def is_hole(self) -> bool:
        """True when neither a rule nor a reason stands for the clause."""
        return not self.rules and self.reason is None

    @property
    def is_stale(self) -> bool:
        """True when the reason claims more, or less, than is missing."""
        return self.reason is not None and self.reason.partly != bool(self.rules)


class Covering(Protocol):
    """What covers clauses: a rule on rows, or one on dossiers."""

    @property
    def code(self) -> str:
        """Its code, which begins with the clause or the common clause of its kind."""

    @property
    def clause(self) -> str:
        """The clause that it cites."""


def coverage(rules: Iterable[Covering]) -> tuple[Coverage, ...]:
    """All clauses in the order of the file, against these rules.

    A rule covers the clause that it cites and the common clause that its code begins with.
    """
    by_clause: dict[str, set[str]] = defaultdict(set)
    for rule in rules:
        by_clause[rule.clause].add(rule.code)
        by_clause[rule.code.partition("/")[0]].add(rule.code)
    return tuple(
        Coverage(clause, tuple(sorted(by_clause[clause])), reasons().get(clause))
        for clause in clauses()
    )


@cache
def reasons() -> Mapping[str, Reason]:
    """The reasons by clause. Raises KeyError for an entry without its parts."""
    found: dict[str, Reason] = {}
    for entry in tomllib.loads(NOT_BUILT.read_text("utf-8"))["open"]:
        reason = Reason(entry["needs"], entry["reason"], entry.get("partly", False))
        found |= dict.fromkeys(entry["clauses"], reason)
    return MappingProxyType(found)
