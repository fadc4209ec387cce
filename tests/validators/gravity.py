"""Whether the consequence of a rule is that of its clause, or milder with a written reason."""

from __future__ import annotations

from schemas.clauses import clauses
from validators import Rule
from validators.dossier.rule import DossierRule
from validators.rule import CONSEQUENCES

ORDER = ("advice", "rectify", "reject")


def is_of_its_clause(rule: Rule | DossierRule) -> bool:
    """The clause's own consequence; with a reason (``milder``) one that is truly milder."""
    asked = ORDER.index(CONSEQUENCES[clauses()[rule.clause].severity])
    given = ORDER.index(rule.consequence)
    return given < asked if rule.milder else given == asked
