"""What a body has to tell, in the order in which it may leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from schemas import load
from simulators.county import lives
from simulators.events import SHANGHAI
from simulators.settings import BodyPlan

NOW = datetime(2026, 3, 10, 10, 0, tzinfo=SHANGHAI)
COUNTY = BodyPlan(
    code="420602",
    name="襄城区",
    division="420602",
    delivers="database",
    server="postgresql",
    standards=("3.0",),
    tells=(),
    rate=1,
    mistakes=0,
    correction="protocol",
    correction_delay=1,
    hold=0,
    skew=0,
)
BUREAU = BodyPlan(
    code="420600-zrzy",
    name="自然资源和规划局",
    division="420600",
    delivers="files",
    server=None,
    standards=("3.0",),
    tells=("SPGL_QYPGXXB", "SPGL_QYPGSXXXB"),
    rate=1,
    mistakes=0,
    correction="resend",
    correction_delay=1,
    hold=0,
    skew=0,
)
STANDARD = load("3.0")


def test_parents_are_told_before_their_children() -> None:
    """Every reference of every row is answered by a row told before it."""
    told: dict[tuple[str, tuple[str, ...]], set[tuple[str | None, ...]]] = {}
    groups = [*lives.setup(COUNTY, STANDARD, NOW), *lives.more(COUNTY, STANDARD, 0, NOW)]
    wanted = {(ref.table, ref.to_fields) for table in STANDARD.in_order for ref in table.references}
    for step in (step for group in groups for step in group):
        for ref in STANDARD.table(step.table).references:
            values = tuple(step.record.get(code) for code in ref.fields)
            if all(values):
                assert values in told[ref.table, ref.to_fields], (step.table, ref)
        for table, fields in wanted:
            if table == step.table:
                values = tuple(step.record.get(code) for code in fields)
                told.setdefault((table, fields), set()).add(values)


def test_the_same_number_gives_the_same_rows() -> None:
    """After a restart the same lives are told again, and other numbers give others."""
    assert lives.more(COUNTY, STANDARD, 1, NOW) == lives.more(COUNTY, STANDARD, 1, NOW)
    assert lives.more(COUNTY, STANDARD, 1, NOW) != lives.more(COUNTY, STANDARD, 2, NOW)


def test_a_record_withdrawn_and_sent_anew_is_one_group() -> None:
    """The two rows of a protocol change never leave apart."""
    groups = lives.more(COUNTY, STANDARD, 0, NOW)
    pairs = [group for group in groups if len(group) > 1]
    assert pairs
    for group in pairs:
        assert len({(step.table, step.local_key) for step in group}) == 1


def test_lone_records_have_keys_of_their_own() -> None:
    """A body that sends no projects sends sets of parents with their children, all different."""
    assert lives.setup(BUREAU, STANDARD, NOW) == []
    steps = [
        step
        for number in range(3)
        for group in lives.more(BUREAU, STANDARD, number, NOW)
        for step in group
    ]
    assert [step.table for step in steps[:2]] == list(BUREAU.tells)
    assert steps[0].record["QYPGDYBM"] == steps[1].record["QYPGDYBM"]
    for code in BUREAU.tells:
        key = STANDARD.table(code).key
        keys = [tuple(s.record[field] for field in key) for s in steps if s.table == code]
        assert len(keys) == len(set(keys))


def test_addresses_lead_to_the_archive_of_the_body() -> None:
    """Without an archive they lie under .example; with one the same rows name it instead."""

    def addresses(plan: BodyPlan) -> set[str]:
        groups = [*lives.setup(plan, STANDARD, NOW), *lives.more(plan, STANDARD, 0, NOW)]
        cells = (cell for group in groups for step in group for cell in step.record.values())
        return {cell for cell in cells if cell and cell.startswith("http")}

    nowhere = "https://gcsp-420602.example"
    archive = "http://127.0.0.1:8430/420602"
    plain = addresses(COUNTY)
    assert plain
    assert all(address.startswith(nowhere) for address in plain)
    moved = {address.replace(nowhere, archive) for address in plain}
    assert addresses(replace(COUNTY, archive=archive)) == moved
