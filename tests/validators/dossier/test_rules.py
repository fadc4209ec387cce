"""Every dossier rule keeps to its own examples and reads like a document."""

from __future__ import annotations

import pytest

from schemas import load, versions
from schemas.clauses import clauses
from tests.validators.dossier.told import answered, answers, looks_again_in_time
from tests.validators.examples import lacks, repeated
from tests.validators.gravity import is_of_its_clause
from validators.dossier.rule import DossierRule
from validators.dossier.wording import word
from validators.registry import discover_dossier_rules

RULES = discover_dossier_rules()
every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)


@every_rule
def test_every_kind_of_example(rule: DossierRule) -> None:
    """Each rule shows what passes, what fails, where its edge is and what it leaves alone."""
    assert lacks(rule) == []
    assert repeated(rule) == []


@every_rule
def test_examples(rule: DossierRule) -> None:
    """Good ones pass, bad ones fail, others are not touched, the edge is where it is said to be."""
    for told in rule.good:
        assert {one.outcome for one in answers(rule, told)} <= {"pass", "beside"}
        assert "pass" in {one.outcome for one in answers(rule, told)}
    for told in rule.bad:
        assert "fail" in {one.outcome for one in answers(rule, told)}, told
    for told in rule.beside:
        assert {one.outcome for one in answers(rule, told)} <= {"beside"}, told
    for told, passes in rule.boundary:
        assert ("fail" not in {one.outcome for one in answers(rule, told)}) is passes, told


@every_rule
def test_nothing_is_looked_at_again_too_late(rule: DossierRule) -> None:
    """Until the eve of the day it names, which lies ahead, the answer stays; else for ever."""
    for told in (*rule.good, *rule.bad, *rule.beside, *(one for one, _ in rule.boundary)):
        assert looks_again_in_time(rule, told), told


@every_rule
def test_finding_reads_well(rule: DossierRule) -> None:
    """A finding has no hole in its text, whatever the failing example lacks."""
    standards = [load(name) for name in versions()]
    for told in (*rule.bad, *(one for one, passes in rule.boundary if not passes)):
        for subject, answer in answered(rule, told):
            if answer.outcome == "fail":
                table = subject.anchor.table
                standard = next(one for one in standards if table in one.tables)
                finding = word(rule, subject.anchor, answer, standard)
                for text in (finding.message, finding.expected or ""):
                    assert "{" not in text
                    assert "None" not in text


@every_rule
def test_document(rule: DossierRule) -> None:
    """It says what, why and how to mend, in whole sentences, and cites a clause that exists."""
    for text in (rule.statement, rule.message, rule.why, rule.fix):
        assert text.endswith(("。", "？")), text
    assert rule.clause in clauses()
    assert rule.code.partition("/")[0] == rule.clause
    assert is_of_its_clause(rule)


@every_rule
def test_fields_exist(rule: DossierRule) -> None:
    """The tables it names and the cells its finding points at are those of the standard."""
    known = {table for name in versions() for table in load(name).tables}
    assert set(rule.tables) <= known
    if rule.tables:
        named = [load(name).tables.get(rule.tables[0]) for name in versions()]
        assert any(
            table and all(code in table.by_code for code in rule.fields) for table in named
        ), rule.fields
