"""The published contract: every table has one, and it sees what the standard implies."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import polars as pl
import pytest
from pandera.errors import SchemaErrors

from schemas import Field, load, versions
from schemas.column_checks import checks
from schemas.pandera_schemas import frame, schema
from schemas.values import NotOfTypeError, parse

TABLES = [(version, code) for version in versions() for code in load(version).tables]
DIRT = [
    "0", "1", "-1", "+7", "007", " 1", "1 ", "1\n", "１", "1e5", "1.", ".5", "1.50", "-0", "1,000",
    "9" * 18, "9" * 19, "9" * 31, "0." + "1" * 31, "x", "无", "NaN", "inf",
    "2026-11-20", "2026-11-20 00:00:00", "2026-11-20 09:30:00", "2026-02-30", "2026-02-30 00:00:00",
    "2024-02-29", "2023-02-29", "0000-00-00", "0000-01-01", "0001-01-01", "9999-12-31",
    "2026-1-2", "2026/01/02", "２０２６-01-02", "2026-11-20T09:30:00", "2026-11-20 24:00:00",
    "2026-11-20 23:59:60", "2026-11-20 09:30", "2026-11-20\n",
]  # fmt: skip


def faults(version: str, table: str, row: Mapping[str, str | None]) -> set[tuple[str, str]]:
    """Column and kind of everything that fails in one row."""
    try:
        schema(version, table).validate(frame(version, table, [row]), lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        pairs = zip(cases["column"], cases["check"], strict=True)
        return {(column, check.partition("：")[0]) for column, check in pairs}
    return set()


@pytest.mark.parametrize(("version", "table"), TABLES)
def test_every_table_has_a_contract_that_misses_the_required_fields_of_an_empty_row(
    version: str, table: str
) -> None:
    """An empty row fails exactly at the required fields."""
    expected = {
        (field.code, "required")
        for field in load(version).table(table).fields
        if field.required == "M" and field.required_confidence != "low"
    }
    assert faults(version, table, {}) == expected


@pytest.mark.parametrize("kind", ["integer", "decimal", "date", "datetime"])
def test_types_are_read_as_the_rest_of_the_program_reads_them(kind: Any) -> None:
    """For every piece of dirt the contract and schemas.values agree."""
    field = Field("X", "某字段", "x", kind, "O", "high")
    table = load("3.0").in_order[0]
    check = next(each for each in checks(load("3.0"), table, field) if each.kind == "type")
    seen = pl.DataFrame({"X": DIRT}).select(check.holds).to_series().to_list()
    for text, holds in zip(DIRT, seen, strict=True):
        try:
            parse(field, text)
        except NotOfTypeError:
            assert not holds, text
        else:
            assert holds, text


def test_each_kind_of_fault_is_seen_and_named() -> None:
    """Type, length, code list, format and condition, each at its column."""
    row = {
        "SFXXGC": "1",
        "JSXZ": "99",
        "NKGSJ": "2026-02-30",
        "XZQHDM": "42060",
        "ZTZE": "一百",
        "XMSFWQBJ": "0",
        "GBHY": "E47",
    }
    found = faults("3.0", "SPGL_XMJBXXB", row)
    assert {
        ("CD", "conditional"),
        ("JSXZ", "code_list"),
        ("NKGSJ", "type"),
        ("XZQHDM", "format"),
        ("ZTZE", "type"),
    } <= found
    assert not {("XMWQBJSJ", "conditional"), ("GBHY", "format"), ("GBHY", "code_list")} & found


def test_lengths_count_characters_and_come_from_the_overlay_too() -> None:
    """Eighteen Chinese characters are eighteen, not fifty-four; an overlay narrows."""
    assert ("JSDWDM", "length") not in faults("3.0", "SPGL_XMJBXXB", {"JSDWDM": "一" * 18})
    wide = frame("3.0", "SPGL_XMJBXXB", [{"XMDM": "一" * 25}])
    with pytest.raises(SchemaErrors) as caught:
        schema("3.0", "SPGL_XMJBXXB", ("420000", "420600")).validate(wide, lazy=True)
    cases = caught.value.failure_cases
    assert "length：项目代码（XMDM）超出长度或精度" in cases["check"].to_list()


def test_digits_are_counted_without_signs_and_idle_zeros() -> None:
    """Precision and scale limit what the number is, not how it is written."""
    field = Field("X", "某字段", "x", "decimal", "O", "high", precision=5, scale=2)
    found = checks(load("3.0"), load("3.0").in_order[0], field)
    check = next(each for each in found if each.kind == "length")
    texts = ["123.45", "-123.450", "0123.4", "1234", "1.234", "一"]
    seen = pl.DataFrame({"X": texts}).select(check.holds).to_series().to_list()
    assert seen == [True, True, True, False, False, True]


def test_values_of_a_multiple_choice_are_looked_up_one_by_one() -> None:
    """Commas part the values; one that is unknown fails the cell."""
    table = "SPGL_JSGCXFYSXXB"
    column = next(
        field.code
        for field in load("3.0").table(table).fields
        if field.codelist and load("3.0").codelists[field.codelist].multi_value
    )
    assert (column, "code_list") not in faults("3.0", table, {column: "1,2"})
    assert (column, "code_list") in faults("3.0", table, {column: "1,99"})


def test_pandera_is_imported_only_when_used() -> None:
    """Whoever imports the standard does not pay for pandera, polars or pandas."""
    code = (
        "import sys, schemas, schemas.overlay, schemas.pandera_schemas\n"
        "print([m for m in ('pandera', 'polars', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
