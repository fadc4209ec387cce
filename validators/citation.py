"""Which clause of the standard a rule stands on.

A derived rule cites the narrowest clause that asks the same of the same field; where none does, it
cites the common clause of its kind, or one that the standard's tables imply (``STD-…``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from schemas import Table
from schemas.clauses import EVERY_TABLE, Clause
from validators.rule import Severity


@dataclass(frozen=True, slots=True)
class Citation:
    """A clause as a rule needs it: its id, what it says and how grave a breach is."""

    clause: str
    statement: str
    severity: Severity


def cite(
    holding: Sequence[Clause],
    table: Table,
    fields: Sequence[str],
    kinds: Sequence[str],
    otherwise: Citation,
) -> Citation:
    """The narrowest of the clauses of one of these kinds about these fields, or ``otherwise``.

    Kinds are in order of preference; among clauses of a kind one that names the table goes before
    one for all tables.
    """
    for kind in kinds:
        asked = set(fields)
        found = [
            each for each in holding if each.kind == kind and asked <= set(each.columns(table))
        ]
        if found:
            best = min(found, key=lambda each: each.tables == (EVERY_TABLE,))
            return Citation(best.id, best.statement, best.severity)
    return otherwise
