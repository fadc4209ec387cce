"""A second opinion: the engine and the published pandera contract agree, row by row.

Both are made from the standard, by other hands and in other ways: rules as trees over typed cells
here, polars expressions over text there. Where they differ, one of the two is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pandera.errors import SchemaErrors

from schemas import load, versions
from schemas.overlay import standard_for
from schemas.pandera_schemas import frame, schema
from tests.validators.engines import Values, broken_rows, numbered
from tests.validators.judging import NOW, PROJECT, sample
from validators import Context, Ruleset, judge
from validators.derived import derive

OVERLAYS = ("420000", "420600")
NEWEST = {code: version for version in versions() for code in load(version).tables}
RULESETS: dict[str, Ruleset] = {}
Fault = tuple[int, str, str]
"""Row, column, kind."""

SAME = {
    "COM-001": "required",
    "STD-102": "conditional",
    "STD-103": "type",
    "COM-015": "type",
    "COM-014": "length",
    "COM-023": "range",
    "COM-013": "code_list",
    "STD-104": "format",
    "COM-012": "unique",
}
"""Rules of the engine → the kind of check of the contract that says exactly the same."""

STRICTER = {
    "COM-002": ("format", "no placeholder of a division, no leading zero"),
    "COM-017": ("format", "the check digit of a unified social credit code"),
    "COM-019": ("format", "the numbers that mobile phones have"),
    "FLW-009": ("unique", "an item stands once in a flow version, whatever its stage"),
}
"""Rules that ask for more than the tables say: what the contract refuses, they refuse as well."""

UNSAID = {
    "COM-003": "needs the body that sends",
    "COM-016": "needs the time of the judgement",
    "COM-009": "a hint beside the key of the front database",
    "COM-011": "compares business keys of rows with one local key",
    "COM-018": "check digit, and the kind of document beside it",
    "COM-020": "a list of placeholders that is ours, not the standard's",
    "STD-106": "what a text lost",
    "STD-107": "what a text has too much of",
    "PRO-007": "needs the parents",
    "LND": "how a row was read: a frame holds only what was read",
}
"""Derived rules that a schema of a table cannot say, and why. Hand-written rules are none of it."""

NASTY = st.sampled_from(
    [
        None, "", " ", "\u3000", "\x1c", "\x85", "\u200b", "0", "1", "-1", "+7", "007", "-0",
        "-007", " 1", "1 ", "1\n", "１", "1e5", "1.", ".5", "1.50", "-0.0", "-0.01", "1,000", "1,2",
        "1,99",
        "1,", ",", "9" * 18, "9" * 19, "9" * 31, "0" * 25 + "1", "0." + "1" * 31, "0.12345678",
        "x", "无", "NaN", "inf", "2026-11-20", "2026-11-20 00:00:00", "2026-11-20 09:30:00",
        "2026-02-30", "0000-00-00", "0000-01-01", "9999-12-31", "2026-1-2", "２０２６-01-02",
        "2026-11-20T09:30:00", "2026-11-20 24:00:00", "2026-11-20 23:59:60", "2026-11-20\n",
        "420602", "000000", "42060", "420602\n", "01", "77", "99", "A01", "E47", "13800138000",
        "91420602MA49A1B26D", "长" * 18, "长" * 25, "长" * 101, "𠮷" * 24,
    ]
)  # fmt: skip


def contract_says(version: str, table: str, rows: Sequence[Values]) -> set[Fault]:
    """What the pandera schema refuses."""
    try:
        schema(version, table, OVERLAYS).validate(frame(version, table, rows), lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        kinds = (check.partition("：")[0] for check in cases["check"])
        return set(zip(cases["index"], cases["column"], kinds, strict=True))
    return set()


def engine_says(version: str, table: str, rows: Sequence[Values]) -> tuple[set[Fault], set[Fault]]:
    """What the engine refuses by rules that say the same, and by rules that ask for more."""
    ruleset = RULESETS.setdefault(version, Ruleset.load(standard_for(OVERLAYS, version)))
    own = frozenset({"420602"})
    judgement = judge(ruleset, table, numbered(rows), Context("x", own, NOW, one_file=True))
    assert not judgement.errors
    same: set[Fault] = set()
    stricter: set[Fault] = set()
    for at, verdict in enumerate(judgement.records):
        for finding in verdict.findings:
            prefix = finding.rule.partition("/")[0]
            rule = ruleset.rules[finding.rule]
            if prefix in SAME:
                same.add((at, rule.fields[-1], SAME[prefix]))
            elif prefix in STRICTER:
                last = ruleset.standard.table(table).key[-1]
                kind = STRICTER[prefix][0]
                stricter.add((at, last if kind == "unique" else rule.fields[-1], kind))
    return same, stricter


def assert_agreed(version: str, table: str, rows: Sequence[Values]) -> None:
    """The two say the same; where the engine asks for more, it refuses what the contract does."""
    same, stricter = engine_says(version, table, rows)
    told = contract_says(version, table, rows)
    assert same <= told, f"only the engine refuses {sorted(same - told)}"
    assert told <= same | stricter, f"only the contract refuses {sorted(told - same - stricter)}"


def test_every_derived_rule_has_its_place() -> None:
    """Each kind of derived rule is said by the contract, stricter than it, or beyond it."""
    listed = {*SAME, *STRICTER, *UNSAID}
    for version in versions():
        standard = load(version)
        rules = [rule for table in standard.in_order for rule in derive(standard, table)]
        kinds = {rule.code.partition("/")[0] for rule in rules}
        assert {"LND" if kind.startswith("LND-") else kind for kind in kinds} <= listed


@pytest.mark.parametrize(("table", "version"), NEWEST.items())
@settings(max_examples=1, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(data=st.data())
def test_the_same_rows_are_refused_for_the_same_reasons(
    table: str, version: str, data: st.DataObject
) -> None:
    """Valid rows, every named fault of the sample, and cells changed at will: one verdict."""
    columns = load(version).table(table).columns
    some = st.dictionaries(st.sampled_from(columns), NASTY, max_size=len(columns))
    changes = data.draw(st.lists(some, min_size=12, max_size=24))
    assume(any(changes))  # the plainest example comes first, and says nothing
    rows = broken_rows(version, table)
    changed = [{**rows[at % 2], **change} for at, change in enumerate(changes)]
    assert_agreed(version, table, [*rows, *changed])


def test_the_longest_texts() -> None:
    """Where no length is known, both refuse what no cell of a spreadsheet holds."""
    good = sample(PROJECT)
    rows = [{**good, "XMMC": "长" * 32_767}, {**good, "XMMC": "长" * 32_768}]
    assert_agreed("3.0", PROJECT, rows)
    assert (1, "XMMC", "length") in contract_says("3.0", PROJECT, rows)


def test_keys_that_are_written_in_several_ways() -> None:
    """One key written as 1 and as 1.0 is one; what comes after a withdrawal is a first one."""
    flow = "SPGL_SPLCXXB"
    good = sample(flow, SPLCBBH="1")
    rows = [
        {**good, "SPLCBBH": version, "SJYXBS": valid}
        for version, valid in [
            ("1", "1"), ("1.0", "1"), ("01", "1"), ("2", "1"), ("1.00", "0"), ("1", "1"),
            ("1", "1"), ("x", "1"), ("x", "1"), ("", "1"), ("-0", "1"), ("0", "1"),
        ]
    ]  # fmt: skip
    assert_agreed("3.0", flow, rows)
    repeated = {row for row, _, kind in contract_says("3.0", flow, rows) if kind == "unique"}
    assert repeated == {1, 2, 6, 11}
