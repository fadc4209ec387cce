"""The columnar engine answers as the row engine does: every rule, every value, byte for byte."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas import load, versions
from tests.goldens import assert_golden
from tests.validators.engines import (
    broken_rows,
    by_columns,
    by_rows,
    digest,
    left_to_rows,
    numbered,
    surroundings,
)
from tests.validators.judging import CASE, DIVISION, NOW, PROJECT, STEP, ruleset, sample
from tests.validators.neighbourhood import neighbours, related
from validators import Context, Scene, judge
from validators.columnar_forms import part, sure, whole
from validators.derived.texts import is_clean, is_readable
from validators.expression import text
from validators.identifiers import sound
from validators.rule import Compares, Follows


@pytest.mark.parametrize("version", versions())
def test_sample_faults(version: str) -> None:
    """All faults of the sample in all tables: the same findings on every Python and machine.

    The digests stand in a golden file; every other table is judged by columns, too, with the same
    result.
    """
    told = []
    for at, table in enumerate(load(version).in_order):
        rows = broken_rows(version, table.code)
        records = numbered(rows)
        within = surroundings(version, table.code, rows)[at % 2]
        judged = by_rows(ruleset(version), table.code, records, within)
        told.append(f"{table.code} {len(records)} {digest(judged)}")
        if at % 2 == 0:
            assert by_columns(ruleset(version), table.code, records, within) == judged
    assert_golden(f"findings/{version}.txt", "\n".join(told) + "\n")


NASTY = st.sampled_from(
    [
        "", " ", "\x1c", "\u3000", "\x85", "\u2003x", "\x00", "𠮷", "😀", "０", "-0", "+5", "1e5",
        "NaN", "{0}", "%s", "9" * 40, "9" * 18, "9" * 19, "0" * 25 + "1", ".5", "5.", "+1.50",
        "0.1", "0.30000000000000001", "123456789012345.1234567890", "1" * 30 + "." + "1" * 30, "-1",
        "0000-00-00", "2026-02-30", "2024-02-29", "9999-12-31", "0001-01-01", "0000-01-01",
        "2026-3-1", "+026-03-01", "2026-03-01 00:00:00", "2026-03-01 25:00:00",
        "2026-03-01 09:00:60", "2026-03-01  9:00:00", "9999-12-20 10:00:00", "0001-01-01 00:00:00",
        "2026-03-01T09:00:00", "2026-03-01 09:00:00\n", "2026-03-01\n", "5\n", "=1+1", "<script>",
        ",,,,", "1,1", "1, 2", "测试" * 40, "测试项目", "ADMİN", "ſystem", "a" * 300, "锟斤拷",
        "¡¡¡¡", "4.20602E+17", "项目 \t", "字" * 101, "é" * 60, "91420602MA49A1B26D",
        "91420602MA49A1B26E",
        "9142060２MA49A1B26D", "0", "1", "2", "5", "99", "420602", "999999",
        "2306-420602-04-01-123450",
    ]
)  # fmt: skip
CELLS = st.one_of(st.none(), NASTY, NASTY, st.text(max_size=12), st.integers().map(str))
TABLES = [PROJECT, CASE, STEP, "SPGL_XMSPSXPFWJXXB"]


@pytest.mark.parametrize("table", [PROJECT, "SPGL_XMSPSXPFWJXXB"])
def test_no_rule_is_left_to_rows(table: str) -> None:
    """Columns can tell every kind of rule there is, on clean and on broken records."""
    records = numbered(broken_rows("3.0", table))
    within = Context("x", frozenset({DIVISION}), NOW)
    assert left_to_rows(ruleset(), table, records, within) == []


@pytest.mark.parametrize("table", TABLES)
def test_what_was_read_for_the_context(table: str) -> None:
    """Rows read in part to find the neighbours are read on from there, and change no verdict."""
    rules, standard = ruleset(), load("3.0")
    scenes = [
        scene
        for entry in rules.plan(table).entries
        if isinstance(entry.rule.check, Compares | Follows)
        for scene in (*entry.rule.good, *entry.rule.bad, *(one for one, _ in entry.rule.boundary))
        if isinstance(scene, Scene)
    ]
    rows = [{**sample(table, seed=at), **scene.row} for at, scene in enumerate(scenes, 1)]
    records = numbered([*rows, *broken_rows("3.0", table)])
    others = [
        (code, row) for scene in scenes for code, row in scene.others if code in standard.tables
    ]
    there = neighbours(standard, others)
    within = Context("x", frozenset({DIVISION}), NOW, parents={}, previous={})
    needs = rules.needs(table, records, within)
    within = replace(within, related=related(standard, needs.related, there))
    judged = by_rows(rules, table, records, within)
    assert needs.read.part
    assert not judged.errors
    assert by_columns(rules, table, records, within, needs.read) == judged
    assert judge(rules, table, records, within, needs.read) == judged
    whole = rules.needs(table, records, within, whole=True)
    assert (whole.related, whole.parents) == (needs.related, needs.parents)
    assert judge(rules, table, records, within, whole.read) == judged


@pytest.mark.parametrize("table", TABLES)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_hostile_cells(table: str, data: st.DataObject) -> None:
    """Any text in any cell, in rows that repeat one another: the same judgement."""
    columns = load("3.0").table(table).columns
    changes = data.draw(
        st.lists(st.dictionaries(st.sampled_from(columns), CELLS, max_size=20), max_size=6)
    )
    seeds = data.draw(st.lists(st.integers(0, 2), min_size=len(changes), max_size=len(changes)))
    rows = [
        {**sample(table, seed=seed), **change}
        for seed, change in zip([*seeds, 0], [*changes, {}], strict=True)
    ]
    records = numbered(rows)
    for within in surroundings("3.0", table, rows):
        rowwise = by_rows(ruleset(), table, records, within)
        assert by_columns(ruleset(), table, records, within) == rowwise


def test_lone_surrogate_is_left_to_rows() -> None:
    """A text that no column can hold sends its batch to the row engine."""
    records = numbered([sample(XMMC="\ud800"), sample(seed=2)])
    within = Context("x", frozenset({DIVISION}), NOW)
    rowwise = by_rows(ruleset(), PROJECT, records, within)
    assert by_columns(ruleset(), PROJECT, records, within) == rowwise
    assert rowwise.records[0].outcome == "fail"


@pytest.mark.parametrize(
    "pattern", [r"(?i)admin", r"^a|b$", r"\d+", r"a$", r"(?=a)b", r"[[:alpha:]]", r"a++", r"[^\s]"]
)
def test_patterns_that_polars_reads_otherwise(pattern: str) -> None:
    """A pattern that might mean something else to polars is never handed to it."""
    assert part(pattern) is None


@settings(deadline=None)
@given(st.sampled_from([r"[A-T][0-9]{0,4}", r"^[0-9]{2,3}(?:,[0-9]{2,3})*$"]), CELLS)
def test_whole_patterns(pattern: str, cell: str | None) -> None:
    """A pattern that is handed over holds for the same whole texts."""
    asked = whole(pattern)
    assert asked is not None
    if cell is not None:
        expected = re.fullmatch(pattern, cell) is not None
        assert pl.Series([cell]).str.contains(asked).item() is expected


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.one_of(
            NASTY,
            st.text(max_size=20),
            st.text("0123456789ABCDEFGHJKLMNPQRTUWXYIO", min_size=18, max_size=18),
            st.text("0123456789", min_size=17, max_size=17).map(lambda body: body + "X"),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_sure_forms_are_sure(texts: list[str]) -> None:
    """Where the quick form of a function is true, the function is; valid codes are recognised."""
    functions: list[Any] = [is_readable, is_clean, sound("uscc")]
    for function in functions:
        form = sure(text("X").through("any", function))
        assert form is not None
        told = pl.DataFrame({"X": texts}).select(form.fill_null(value=False)).to_series()
        filled = [(one, each) for one, each in zip(texts, told, strict=True) if one.strip()]
        assert all(function(one) for one, each in filled if each)


def test_valid_credit_codes_are_told_at_once() -> None:
    """The quick form knows the published codes, whatever stands around them."""
    form = sure(text("X").through("credit code", sound("uscc")))
    assert form is not None
    codes = ["91420602MA49A1B26D", "N2420624MF0000013M", "x", "91110000600037341L", None]
    assert pl.DataFrame({"X": codes}).select(form).to_series().to_list() == [
        True,
        True,
        False,
        True,
        None,
    ]
