"""Every named way to break a record really breaks one."""

import tomllib
from datetime import datetime
from pathlib import Path
from random import Random

import pytest

import schemas
from schemas.sample import FAULTS, FaultDoesNotApplyError, flow_setup, kinds, story, valid
from schemas.sample.faults.content import COMPLETE
from schemas.standard import Table

CLAUSES = Path(schemas.__file__).parent / "clauses.toml"
DIVISION = "420602"
START = datetime(2024, 3, 5, 9, 0)  # noqa: DTZ001 – wall time, as records have it


Rows = list[tuple[Table, dict[str, str | None]]]


@pytest.fixture(scope="module")
def rows() -> Rows:
    """Lone records of every table, and rows of stories of every kind, with their tables."""
    found: Rows = []
    for version in schemas.versions():
        standard = schemas.load(version)
        for table in standard.in_order:
            found += [(table, valid(standard, table.code, Random(seed))) for seed in range(2)]
        if "SPGL_XMJBXXB" not in standard.tables:
            continue
        told = flow_setup(standard, DIVISION, Random(1), START)
        for kind in kinds():
            told += story(standard, DIVISION, Random(1), START, kind=kind)
        found += [(standard.table(event.table), event.record) for event in told]
    return found


@pytest.mark.parametrize("name", FAULTS)
def test_applies_somewhere_and_changes_the_record(rows: Rows, name: str) -> None:
    """A fault applies to some table, changes the record, and keeps the key if it says so."""
    fault = FAULTS[name]
    fitting = [(table, record) for table, record in rows if fault.applies(table, record)]
    assert fitting
    for table, record in fitting[:20]:
        broken = fault.apply(table, record, Random(1))
        assert tuple(broken) == tuple(record)
        assert broken != record
        if fault.keeps_key:
            assert [broken[code] for code in table.key] == [record[code] for code in table.key]


@pytest.mark.parametrize("name", FAULTS)
def test_same_seed_same_fault(rows: Rows, name: str) -> None:
    """The same seed breaks the same field in the same way and leaves the valid record alone."""
    fault = FAULTS[name]
    table, record = next(row for row in rows if fault.applies(*row))
    before = dict(record)
    assert fault.apply(table, record, Random(3)) == fault.apply(table, record, Random(3))
    assert record == before


def test_clauses_named_exist() -> None:
    """Every clause that a fault names is a clause of the standard's list."""
    known = {entry["id"] for entry in tomllib.loads(CLAUSES.read_text("utf-8"))["clauses"]}
    assert {clause for fault in FAULTS.values() for clause in fault.clauses} <= known


def test_statements_are_distinct() -> None:
    """No two faults say the same."""
    assert len({fault.statement for fault in FAULTS.values()}) == len(FAULTS) >= 40


def test_a_fault_that_does_not_apply_is_refused() -> None:
    """Applying a fault where it cannot happen is an error that names fault and table."""
    table = schemas.load("3.0").table("SPGL_XMJBXXB")
    record = valid(schemas.load("3.0"), table.code, Random(1))
    with pytest.raises(FaultDoesNotApplyError, match="stage_limit_over"):
        FAULTS["stage_limit_over"].apply(table, record, Random(1))


def test_lists_taken_for_complete_are_complete() -> None:
    """The lists in which no other code can be meant are complete wherever they occur; 77 is new."""
    for version in schemas.versions():
        for code, listed in schemas.load(version).codelists.items():
            if code in COMPLETE:
                assert listed.complete
                assert "77" not in listed.values
