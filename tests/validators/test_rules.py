"""Every hand-written rule is a document with examples, and the examples are true."""

from __future__ import annotations

import importlib
import string
from collections.abc import Mapping
from datetime import datetime

import pytest

from schemas import Standard, Table, load, versions
from schemas.clauses import clause
from validators import Context, Record, Rule, discover
from validators.expression import reads
from validators.plan import Plan
from validators.record import RECORD_ZONE
from validators.rule import Holds, Unique
from validators.ruleset import placed
from validators.wording import word

RULES = discover()
NOW = datetime(2026, 11, 22, 12, tzinfo=RECORD_ZONE)
CONTEXT = Context(body="", divisions=frozenset(), now=NOW)


def tables_of(rule: Rule) -> list[Table]:
    """The tables of every version that the rule is for."""
    found = []
    for version in versions():
        standard: Standard = load(version)
        found += [standard.table(code) for code in placed(rule, standard).tables]
    return found


def answer(rule: Rule, table: Table, example: Mapping[str, str | None]) -> object:
    """What the rule answers for one row of a table."""
    plan = Plan(table, [rule])
    batch = plan.batch([Record(1, example)], CONTEXT)
    return plan.entries[0].evaluate(batch)[0]


def by_code(rule: Rule) -> str:
    """The name of a test case."""
    return rule.code


@pytest.mark.parametrize("rule", RULES, ids=by_code)
def test_examples(rule: Rule) -> None:
    """Good rows pass, bad rows fail, rows beside are not touched, in every table of the rule."""
    tables = tables_of(rule)
    assert tables, f"{rule.code} is for no table of any version"
    for table in tables:
        columns = set(table.columns)
        for expected, examples in ((True, rule.good), (False, rule.bad), (None, rule.beside)):
            for example in examples:
                if set(example) <= columns:
                    assert answer(rule, table, example) is expected, (table.code, example)


@pytest.mark.parametrize("rule", RULES, ids=by_code)
def test_every_example_is_run(rule: Rule) -> None:
    """No example names a field that none of the rule's tables has, so none is silently skipped."""
    for example in (*rule.good, *rule.bad, *rule.beside):
        assert any(set(example) <= set(table.columns) for table in tables_of(rule)), example


@pytest.mark.parametrize("rule", RULES, ids=by_code)
def test_finding_reads_well(rule: Rule) -> None:
    """The finding of a bad row has no hole in its text and says what to do."""
    for example in rule.bad:
        table = next(one for one in tables_of(rule) if set(example) <= set(one.columns))
        plan = Plan(table, [rule])
        batch = plan.batch([Record(1, example, where="第2行")], CONTEXT)
        plan.entries[0].evaluate(batch)
        finding = word(plan.entries[0], plan, batch, 0)
        for text in (finding.message, finding.why, finding.fix):
            assert text.endswith("。")
            assert "{" not in text
            assert "None" not in text
        assert finding.expected


@pytest.mark.parametrize("rule", RULES, ids=by_code)
def test_document(rule: Rule) -> None:
    """The file says the fault in its first line; the rule names a clause, fields and examples."""
    module = importlib.import_module(f"validators.rules.{rule.code.rpartition('/')[2]}")
    assert module.__doc__
    assert module.__doc__.strip().endswith("。")
    ground = clause(rule.clause)
    assert rule.code.startswith(f"{rule.clause}/")
    assert rule.severity == ground.severity or rule.milder
    assert rule.good
    assert rule.bad
    assert rule.statement.endswith("。")


@pytest.mark.parametrize("rule", RULES, ids=by_code)
def test_template_fields_exist(rule: Rule) -> None:
    """Messages quote only cells that some table of the rule has."""
    known = {column for table in tables_of(rule) for column in table.columns}
    for template in (rule.message, rule.expected):
        if isinstance(template, str):
            quoted = {name for _, name, _, _ in string.Formatter().parse(template) if name}
            assert quoted <= known


@pytest.mark.parametrize("rule", RULES, ids=by_code)
def test_reads_known_fields(rule: Rule) -> None:
    """A rule looks only at fields that exist: a misspelt name would never apply."""
    assert isinstance(rule.check, Holds | Unique)
    if isinstance(rule.check, Holds):
        known = {column for table in tables_of(rule) for column in table.columns}
        looked = reads(rule.check.condition)
        if rule.check.when is not None:
            looked |= reads(rule.check.when)
        assert looked <= known


def test_there_are_many() -> None:
    """The catalogue of hand-written rules has not shrunk by an accident of imports."""
    assert len(RULES) >= 50
    assert len({rule.code for rule in RULES}) == len(RULES)
