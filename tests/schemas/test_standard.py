"""The standard as data: every version is whole, and the right one is found."""

from __future__ import annotations

import re
from datetime import date

import pytest

from schemas import (
    Standard,
    UnknownStandardError,
    UnknownTableError,
    in_force,
    load,
    versions,
)

TYPES = {"string", "integer", "decimal", "date", "datetime"}


@pytest.fixture(params=versions())
def standard(request: pytest.FixtureRequest) -> Standard:
    """Each version in turn."""
    return load(str(request.param))


def test_all_tables_of_both_generations_are_there() -> None:
    """48 national and provincial tables by name, in 59 forms."""
    assert {version: len(load(version).tables) for version in versions()} == {
        "2.0": 16,
        "3.0": 39,
        "provincial-fire": 4,
    }
    assert len({code for version in versions() for code in load(version).tables}) == 48


def test_keys_and_references_resolve_within_the_version(standard: Standard) -> None:
    """Every key column exists; every reference meets a table and columns, parents first."""
    for table in standard.tables.values():
        assert table.key
        assert set(table.key) <= set(table.columns)
        for reference in table.references:
            parent = standard.table(reference.table)
            assert set(reference.fields) <= set(table.columns)
            assert set(reference.to_fields) <= set(parent.columns)
            assert len(reference.fields) == len(reference.to_fields)
            assert parent is table or parent.order < table.order


def test_conditions_code_lists_and_formats_resolve(standard: Standard) -> None:
    """Every when-field is in its table, every list in its version, every pattern compiles."""
    for table in standard.tables.values():
        for field in table.fields:
            assert field.type in TYPES
            assert field.required in {"M", "C", "O"}
            assert field.codelist is None or field.codelist in standard.codelists
            if field.format is not None and field.format.startswith("^"):
                re.compile(field.format)
            if field.when is not None:
                assert field.when.field in table.by_code, (table.code, field.code)
                assert (field.when.values is None) == field.when.given


def test_names_are_unique_and_chinese(standard: Standard) -> None:
    """No column twice in a table; every table and column has a Chinese name."""
    for table in standard.tables.values():
        assert len(table.columns) == len(table.fields)
        names = [table.name, *(field.name for field in table.fields)]
        assert all(re.search("[一-鿿]", name) for name in names), table.code
    orders = [table.order for table in standard.in_order]
    assert orders == sorted(set(orders))


def test_conditions_name_values_of_the_other_fields_list(standard: Standard) -> None:
    """A condition on a coded field uses codes that the field's list has."""
    for table in standard.tables.values():
        for field in table.fields:
            if field.when is None or field.when.values is None:
                continue
            codes = standard.codelists.get(table.by_code[field.when.field].codelist or "")
            if codes is not None and codes.complete:
                assert field.when.values <= set(codes.values), (table.code, field.code)


def test_event_times_are_time_fields_of_their_tables(standard: Standard) -> None:
    """The field that dates a row's event exists and is a time."""
    for code, event in standard.event_times.items():
        assert standard.table(code).by_code[event].type == "datetime"


def test_versions_in_force_overlap() -> None:
    """The old version stays in force beside the new one; before the first there is none."""
    assert in_force(date(2018, 8, 5)) == ()
    assert in_force(date(2018, 8, 6)) == ("2.0",)
    assert {"2.0", "3.0"} <= set(in_force(date(2026, 11, 22)))


def test_unknown_versions_and_tables_are_answered_with_what_there_is() -> None:
    """The error lists the versions, or the nearest table."""
    with pytest.raises(UnknownStandardError, match=r"2\.0, 3\.0"):
        load("4.0")
    with pytest.raises(UnknownTableError, match="SPGL_XMJBXXB"):
        load("3.0").table("SPGL_XMJBXX")


def test_a_version_is_read_once_and_cannot_be_changed() -> None:
    """The same object each time; its maps are read-only."""
    assert load("3.0") is load("3.0")
    with pytest.raises(TypeError):
        load("3.0").tables["X"] = None  # type: ignore[index]  # refused at run time as well
