"""Every hand-written rule is a document with examples, and the examples are true."""

from __future__ import annotations

import importlib
import string
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import pytest

from schemas import Standard, Table, load, versions
from schemas.clauses import clause
from tests.validators.examples import lacks, repeated
from tests.validators.gravity import is_of_its_clause
from tests.validators.neighbourhood import context_of
from validators import Context, Record, Rule, Scene, discover
from validators.expression import reads
from validators.plan import Batch, Plan
from validators.record import RECORD_ZONE
from validators.rule import Compares, Example, Follows, Holds, Unique
from validators.ruleset import placed
from validators.wording import word

RULES = discover()
NOW = datetime(2026, 11, 22, 12, tzinfo=RECORD_ZONE)
CONTEXT = Context(body="", divisions=frozenset(), now=NOW)


def places_of(rule: Rule) -> list[tuple[Standard, Table]]:
    """The tables of every version that the rule is for."""
    found = []
    for version in versions():
        standard: Standard = load(version)
        found += [(standard, standard.table(code)) for code in placed(rule, standard).tables]
    return found


def tables_of(rule: Rule) -> list[Table]:
    """The same without the standards."""
    return [table for _, table in places_of(rule)]


def row_of(example: Example) -> Mapping[str, str | None]:
    """The row that is judged in an example."""
    return example.row if isinstance(example, Scene) else example


def set_up(rule: Rule, standard: Standard, table: Table, example: Example) -> tuple[Plan, Batch]:
    """An example ready to be judged in a table."""
    plan = Plan(table, [rule], standard.tables)
    record = Record(1, row_of(example), where="第2行")
    context = CONTEXT
    if isinstance(example, Scene):
        context = context_of(standard, plan, record, example, NOW)
    return plan, plan.batch([record], context)


def answer(rule: Rule, standard: Standard, table: Table, example: Example) -> object:
    """What the rule answers for one row of a table."""
    plan, batch = set_up(rule, standard, table, example)
    return plan.entries[0].evaluate(batch)[0]


def fits(standard: Standard, table: Table, example: Example) -> bool:
    """Whether the table has the cells of an example, and the standard its other tables."""
    if not set(row_of(example)) <= set(table.columns):
        return False
    others = example.others if isinstance(example, Scene) else ()
    return all(code in standard.tables for code, _ in others)


def blames_for_absence(rule: Rule) -> bool:
    """Whether a rule that one document answers blames a row for which of its rows are not there."""
    edges = (example for example, _ in rule.boundary)
    for scene in (*rule.good, *rule.bad, *rule.beside, *rule.open, *edges):
        if not isinstance(scene, Scene):
            continue
        whole = replace(scene, overdue=False)
        standard, table = next(place for place in places_of(rule) if fits(*place, whole))
        plan, _ = set_up(rule, standard, table, whole)
        if rule.code not in plan.in_file or answer(rule, standard, table, whole) is False:
            continue
        for at in range(len(whole.others)):
            part = replace(whole, others=whole.others[:at] + whole.others[at + 1 :])
            if answer(rule, standard, table, part) is False:
                return True
    return False


def by_code(rule: Rule) -> str:
    """The name of a test case."""
    return rule.code


@pytest.mark.parametrize("rule", RULES, ids=by_code)
def test_examples(rule: Rule) -> None:
    """Good rows pass, bad rows fail, rows beside are not touched, in every table of the rule."""
    places = places_of(rule)
    assert places, f"{rule.code} is for no table of any version"
    for standard, table in places:
        edges = [tuple(one for one, how in rule.boundary if how is it) for it in (True, False)]
        passing, failing = (*rule.good, *edges[0]), (*rule.bad, *edges[1])
        for expected, examples in ((True, passing), (False, failing), (None, rule.beside)):
            for example in examples:
                if fits(standard, table, example):
                    given = answer(rule, standard, table, example)
                    assert given is expected, (given, standard.version, table.code, example)
        for scene in rule.open:
            if fits(standard, table, scene):
                given = answer(rule, standard, table, scene)
                assert isinstance(given, str), (given, standard.version, table.code, scene)


@pytest.mark.parametrize("rule", RULES, ids=by_code)
def test_every_kind_of_example(rule: Rule) -> None:
    """Each rule shows what passes, what fails, where its edge is and what it leaves alone."""
    assert lacks(rule) == []
    assert repeated(rule) == []


def test_a_kind_that_lacks_is_named() -> None:
    """A rule without an example of some kind is told with its code and the kind."""
    whole = RULES[0]
    lacking = lacks(replace(whole, boundary=(), beside=()))
    assert [sentence.partition(",")[0] for sentence in lacking] == [
        f"{whole.code} has no `boundary` example",
        f"{whole.code} has no `beside` example",
    ]
    again = replace(whole, boundary=((whole.good[0], True),))
    assert [whole.code in sentence for sentence in repeated(again)] == [True]


@pytest.mark.parametrize("rule", RULES, ids=by_code)
def test_every_example_is_run(rule: Rule) -> None:
    """No example names a field that none of the rule's tables has, so none is silently skipped."""
    edges = (example for example, _ in rule.boundary)
    for example in (*rule.good, *rule.bad, *rule.beside, *rule.open, *edges):
        assert any(fits(standard, table, example) for standard, table in places_of(rule)), example


@pytest.mark.parametrize("rule", RULES, ids=by_code)
def test_finding_reads_well(rule: Rule) -> None:
    """The finding of a bad row has no hole in its text and says what to do."""
    for example in rule.bad:
        standard, table = next(place for place in places_of(rule) if fits(*place, example))
        plan, batch = set_up(rule, standard, table, example)
        plan.entries[0].evaluate(batch)
        finding = word(plan.entries[0], plan, batch, 0)
        for text in (finding.message, finding.why, finding.fix):
            assert text.endswith("。")
            assert "{" not in text
            assert "None" not in text
        assert finding.expected


@pytest.mark.parametrize("rule", RULES, ids=by_code)
def test_document(rule: Rule) -> None:
    """The file says the fault in its first line; the rule names its clause."""
    module = importlib.import_module(f"validators.rules.{rule.code.rpartition('/')[2]}")
    assert module.__doc__
    assert module.__doc__.strip().endswith("。")
    assert clause(rule.clause).id == rule.clause
    assert rule.code.startswith(f"{rule.clause}/")
    assert is_of_its_clause(rule)
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
    assert isinstance(rule.check, Holds | Unique | Compares | Follows)
    known = {column for table in tables_of(rule) for column in table.columns}
    if isinstance(rule.check, Compares):
        for link in rule.check.links:
            assert all(reads(value) <= known for value in link.values)
            assert any(
                set(link.fields) <= set(load(version).tables[code].columns)
                for version in versions()
                for code in link.tables
                if code in load(version).tables
            )
    if isinstance(rule.check, Holds):
        looked = reads(rule.check.condition)
        if rule.check.when is not None:
            looked |= reads(rule.check.when)
        assert looked <= known


def test_there_are_many() -> None:
    """The catalogue of hand-written rules has not shrunk by an accident of imports."""
    assert len(RULES) >= 50
    assert len({rule.code for rule in RULES}) == len(RULES)
