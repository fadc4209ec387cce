"""The engine against the sample: valid records are clean, every named fault is found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from random import Random

import pytest

from schemas import Table, load, versions
from schemas.sample import FAULTS, Fault, flow_setup, kinds, story, valid
from schemas.sample.faults.beside import FAULTS as BESIDE_OTHER_ROWS  # see test_neighbours
from tests.validators.judging import NOW, ruleset
from validators import Context, Lookup, ParentState, Record, judge

Values = Mapping[str, str | None]
TRIES = 4
"""Samples of a table that are tried before a fault is said not to apply to it."""
TABLES_EACH = 2
"""Tables of a version in which each fault is looked for."""

NOT_SEEN = {
    # the front database gives every row a serial number, new or sent again
    "serial_number_preset": "a single row does not show whether its serial number is an old one",
}
FOUND_BY = {
    # the area of a building or line is judged by the narrower clause where the row says which
    "filler_area": {"PRJ-014", "PRJ-015"},
    # an empty inspection time is an empty required field
    "commitment_check_without_time": {"PER-026", "STD-101"},
    # a placeholder in a coded field is a wrong code
    "placeholder_slash": {"COM-020", "STD-104", "PRJ-014"},
    "placeholder_none": {"COM-020", "STD-104", "PRJ-014"},
    # a negative code of a list is a code that the list does not have
    "negative_amount": {"COM-023", "COM-013", "PRC-016"},
    # a time without seconds is no time of the layout
    "step_time_without_seconds": {"INS-020", "COM-015"},
}
"""Where a fault is rightly found under other clauses than those it names."""


def clauses_found(version: str, table: Table, good: Values, bad: Values) -> set[str]:
    """The clauses under which a broken record fails; the parents of the good one are there."""
    rules = ruleset(version)
    there = rules.lookups(table.code, [good])
    states: dict[Lookup, ParentState] = {
        lookup: "accepted" if lookup in there else "absent"
        for lookup in rules.lookups(table.code, [bad])
    }
    own = frozenset(filter(None, [good.get("XZQHDM")]))
    within = Context("x", own, NOW, states, frozenset({1}))
    judgement = judge(rules, table.code, [Record(1, bad)], within)
    assert not judgement.errors
    findings = judgement.records[0].findings
    return {found.clause for found in findings} | {found.rule.split("/")[0] for found in findings}


def broken_samples(version: str, fault: Fault) -> list[tuple[Table, Values, Values]]:
    """Samples of some tables of a version, before and after a fault."""
    found: list[tuple[Table, Values, Values]] = []
    for table in load(version).in_order:
        for seed in range(TRIES):
            good = valid(load(version), table.code, Random(seed))
            if fault.applies(table, good):
                found.append((table, good, fault.apply(table, good, Random(seed))))
                break
        if len(found) == TABLES_EACH:
            break
    return found


@pytest.mark.parametrize("name", sorted(set(FAULTS) - set(NOT_SEEN) - set(BESIDE_OTHER_ROWS)))
def test_fault_is_found_under_its_clause(name: str) -> None:
    """A record broken in a named way fails a rule of the clause it breaks."""
    fault = FAULTS[name]
    expected = FOUND_BY.get(name) or set(fault.clauses)
    for version in versions():
        for table, good, bad in broken_samples(version, fault):
            found = clauses_found(version, table, good, bad)
            assert found & expected if expected else found, (version, table.code, found)


@pytest.mark.parametrize("version", versions())
def test_valid_records_are_clean(version: str) -> None:
    """A valid record of every table fails no rule, not even one that only advises."""
    for table in load(version).in_order:
        rows = [valid(load(version), table.code, Random(seed)) for seed in range(3)]
        own = frozenset(filter(None, (row.get("XZQHDM") for row in rows)))
        records = [Record(at, row) for at, row in enumerate(rows)]
        judgement = judge(ruleset(version), table.code, records, Context("x", own, NOW))
        assert not judgement.errors
        assert [found.rule for verdict in judgement.records for found in verdict.findings] == []


@pytest.mark.parametrize("version", ["2.0", "3.0"])
def test_whole_life_is_clean(version: str) -> None:
    """All rows of a project's life, table by table, contain no fault and no duplicate."""
    start = datetime(2023, 2, 1, 9)  # noqa: DTZ001 - wall time, as records have it
    told = flow_setup(load(version), "420602", Random(1), start)
    told += story(load(version), "420602", Random(2), start, kind=kinds()[0])
    for code in dict.fromkeys(event.table for event in told):
        rows = [event.record for event in told if event.table == code]
        records = [Record(at, row) for at, row in enumerate(rows)]
        within = Context("x", frozenset({"420602"}), datetime(2026, 11, 1, tzinfo=UTC))
        verdicts = judge(ruleset(version), code, records, within).records
        assert [found.rule for verdict in verdicts for found in verdict.findings] == []
