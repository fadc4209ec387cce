"""Clauses: each is placed, named and worded, and found by table and version."""

from __future__ import annotations

import pytest

from schemas import load, versions
from schemas.clauses import Clause, UnknownClauseError, clause, clauses, clauses_for, unplaced


@pytest.mark.parametrize("each", clauses().values(), ids=lambda each: each.id)
def test_every_table_and_field_of_a_clause_exists(each: Clause) -> None:
    """A clause speaks of tables and columns of the versions it holds for, in two languages."""
    standards = [load(version) for version in versions()]
    tables = [
        table
        for standard in standards
        if each.holds_for(standard)
        for table in standard.tables.values()
        if each.tables == ("*",) or table.code in each.tables
    ]
    assert {table.code for table in tables} >= set(each.tables) - {"*"}
    known = {code for table in tables for code in table.columns}
    assert set(each.fields) <= known
    assert each.codelist is None or any(each.codelist in s.codelists for s in standards)
    assert each.statement.endswith("。")
    assert each.statement_en.endswith(".")


def test_no_clause_is_lost() -> None:
    """Every clause holds for at least one table; ids are unique by construction of the map."""
    assert unplaced() == ()
    assert len(clauses()) == 211


@pytest.mark.parametrize("version", versions())
def test_every_table_has_clauses_general_ones_first(version: str) -> None:
    """Clauses of a table come with those on all tables that name one of its columns."""
    for table in load(version).tables.values():
        found = clauses_for(table.code, version)
        assert found
        general = [each.tables == ("*",) for each in found]
        assert general == sorted(general, reverse=True)


def test_a_clause_of_one_version_does_not_hold_for_another() -> None:
    """The flow type has another list in each version, and so another clause."""
    assert clause("FLW-002").holds_for(load("3.0"))
    assert not clause("FLW-002").holds_for(load("2.0"))
    ids = {each.id for each in clauses_for("SPGL_DFXMSPLCXXB", "2.0")}
    assert "FLW-004" in ids
    assert "FLW-002" not in ids


def test_patterns_find_the_columns_they_mean() -> None:
    """The clause on credit codes finds the columns of the table that hold one."""
    table = load("3.0").table("SPGL_XMJBXXB")
    assert clause("COM-017").columns(table) == ("JSDWDM",)


def test_an_unknown_clause_says_where_they_are() -> None:
    """The error points to the list."""
    with pytest.raises(UnknownClauseError, match=r"clauses\.toml"):
        clause("XXX-999")
