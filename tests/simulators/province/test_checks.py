"""The province's own checks of a single row."""

from __future__ import annotations

from random import Random

import pytest

from schemas import load
from schemas.sample import valid
from simulators.province.checks import refusals

PROJECT = "SPGL_XMJBXXB"


@pytest.mark.parametrize("version", ["2.0", "3.0"])
def test_valid_samples_pass(version: str) -> None:
    """No valid record of any table of either generation is refused."""
    standard = load(version)
    for table in standard.in_order:
        row = valid(standard, table.code, Random(7))
        assert refusals(standard, table, row) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"XMMC": None}, "[101]"),
        ({"XMMC": "  "}, "[101]"),
        ({"NKGSJ": "2026-02-30"}, "[102]"),
        ({"ZTZE": "１２"}, "[102]"),
        ({"XZQHDM": "4206021"}, "[103]"),
        ({"XZQHDM": "42060X"}, "[105]"),
        ({"JSXZ": "77"}, "[104]"),
        ({"SJYXBS": "0", "SJWXYY": None}, "[303]"),
        ({"SJYXBS": "0", "SJWXYY": "错", "GCDM": None}, "[101]"),
    ],
)
def test_a_fault_is_refused_with_its_code(changes: dict[str, str | None], code: str) -> None:
    """Each kind of fault has its own code at the start of the reason."""
    standard = load("3.0")
    table = standard.table(PROJECT)
    assert set(changes) <= set(table.columns)
    found = refusals(standard, table, valid(standard, PROJECT, Random(7)) | changes)
    assert found
    assert found[0].startswith(code)


def test_an_invalidating_row_needs_only_key_and_reason() -> None:
    """The content of a withdrawn row is not looked at again."""
    standard = load("3.0")
    row = valid(standard, PROJECT, Random(7)) | {"SJYXBS": "0", "SJWXYY": "重复", "XMMC": None}
    assert refusals(standard, standard.table(PROJECT), row) == []
