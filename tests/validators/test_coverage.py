"""No clause without a rule or a written reason, and no reason that has become untrue."""

from __future__ import annotations

from functools import cache

from schemas import versions
from schemas.clauses import clauses
from tests.validators.judging import ruleset
from validators import Rule
from validators.coverage import Coverage, Covering, coverage, reasons
from validators.derived import IMPLIED
from validators.links import LINK_RULE
from validators.registry import discover_dossier_rules


@cache
def everything() -> tuple[Rule, ...]:
    """All rules on rows of all versions."""
    return tuple(rule for name in versions() for rule in ruleset(name).rules.values())


@cache
def covering() -> tuple[Covering, ...]:
    """All rules: those on rows and those on dossiers."""
    return (*everything(), *discover_dossier_rules(), LINK_RULE)


def test_no_holes() -> None:
    """Every clause has a rule or a reason."""
    assert [each.clause for each in coverage(covering()) if each.is_hole] == []


def test_reasons_are_true() -> None:
    """A clause with a reason has no rule, or the reason says that it is for the other part."""
    assert [each.clause for each in coverage(covering()) if each.is_stale] == []
    assert set(reasons()) <= set(clauses())


def test_hole_and_stale_are_told_apart() -> None:
    """A clause with nothing is a hole; a reason beside a rule must say that it is partial."""
    reason = reasons()["COM-010"]
    assert Coverage("COM-010", (), None).is_hole
    assert not Coverage("COM-010", (), reason).is_stale
    assert Coverage("COM-010", ("X",), reason).is_stale


def test_rules_cite_what_exists() -> None:
    """Every rule cites a clause of the list or one that the tables imply."""
    known = {*clauses(), *IMPLIED}
    assert {rule.clause for rule in everything()} <= known


def test_every_rule_is_a_document() -> None:
    """Every rule, derived or written, says what, why and how to mend, in whole sentences."""
    for rule in everything():
        for told in (rule.statement, rule.message, rule.why, rule.fix):
            assert told.endswith("。"), (rule.code, told)
        assert rule.code.partition("/")[0]
