"""The published contract and the invented records agree: valid samples pass it."""

from __future__ import annotations

from random import Random

import pytest
from pandera.errors import SchemaErrors

from schemas import load, versions
from schemas.pandera_schemas import frame, schema
from schemas.sample import valid

TABLES = [(version, code) for version in versions() for code in load(version).tables]
OVERLAYS = {"2.0": ("420000", "420600"), "3.0": ("420000", "420600")}


@pytest.mark.parametrize(("version", "table"), TABLES)
def test_valid_samples_satisfy_the_contract_of_the_city(version: str, table: str) -> None:
    """Twenty valid rows of every table pass the national text with province and city on top."""
    standard = load(version)
    made = [valid(standard, table, Random(seed)) for seed in range(20)]
    key = standard.table(table).key
    rows = {tuple(row[code] for code in key): row for row in made}.values()
    try:
        schema(version, table, OVERLAYS.get(version, ())).validate(
            frame(version, table, rows), lazy=True
        )
    except SchemaErrors as errors:
        pytest.fail(str(errors.failure_cases.select("column", "check", "failure_case")))
