"""Whole lives of projects judged beside all their rows: nothing is found that is not there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from random import Random

import pytest

from schemas import load
from schemas.sample import Event, Fault, flow_setup, kinds, story
from schemas.sample.faults.beside import FAULTS
from tests.validators.judging import ruleset
from tests.validators.neighbourhood import FIRST_NEIGHBOUR, neighbours, related
from validators import Context, Judgement, Neighbour, Record, judge
from validators.neighbours import Later

DIVISION = "420602"
START = datetime(2023, 2, 1, 9)  # noqa: DTZ001  wall time, as records have it
NOW = datetime(2026, 11, 1, tzinfo=UTC)
VERSIONS = ("2.0", "3.0")


@cache
def life(version: str, kind: str) -> tuple[Event, ...]:
    """A set-up and a whole life of a project of this kind."""
    standard = load(version)
    return (
        *flow_setup(standard, DIVISION, Random(1), START),
        *story(standard, DIVISION, Random(f"{version} {kind}"), START, kind=kind),
    )


def in_effect(version: str, events: Sequence[Event]) -> list[Neighbour]:
    """The rows of events as the store would know them, without what was withdrawn."""
    there = neighbours(load(version), [(event.table, event.record) for event in events])
    withdrawn = {event.record["DFSJZJ"] for event in events if event.record.get("SJYXBS") == "0"}
    last = {one.values.get("DFSJZJ"): one.id for one in there}
    return [
        one
        for one in there
        if one.values.get("DFSJZJ") not in withdrawn or last[one.values["DFSJZJ"]] == one.id
    ]


def judged(
    version: str, events: Sequence[Event], table: str, there: list[Neighbour], *, overdue: bool
) -> Judgement:
    """The rows of one table of a life, judged beside others that are there."""
    rules = ruleset(version)
    records = [
        Record(FIRST_NEIGHBOUR + at, event.record)
        for at, event in enumerate(events)
        if event.table == table and event.record.get("SJYXBS") != "0"
    ]
    needs = rules.needs(table, records)
    within = Context(
        body=DIVISION,
        divisions=frozenset({DIVISION}),
        now=NOW,
        grace_over=frozenset(record.id for record in records) if overdue else frozenset(),
        related=related(load(version), needs.related, there),
        previous={},
    )
    judgement = judge(rules, table, records, within)
    assert not judgement.errors
    return judgement


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", kinds())
def test_whole_life_beside_itself_is_clean(version: str, kind: str) -> None:
    """With every row there and no time left, no row of a life breaks a rule."""
    events = life(version, kind)
    there = in_effect(version, events)
    for table in dict.fromkeys(event.table for event in events):
        for verdict in judged(version, events, table, there, overdue=True).records:
            assert [found.message for found in verdict.findings] == []


@pytest.mark.parametrize("version", VERSIONS)
def test_rows_that_arrive_in_order_of_time_never_wait(version: str) -> None:
    """Told moment by moment, no row is held for a row of its case that is still to come."""
    events = life(version, kinds()[0])
    for at, event in enumerate(events):
        if event.table != "SPGL_XMSPSXBLXXXXB":
            continue
        known = in_effect(version, events[: at + 1])
        verdicts = judged(version, events[: at + 1], event.table, known, overdue=False).records
        assert verdicts[-1].waits_for == ()
        assert verdicts[-1].findings == ()


@pytest.mark.parametrize("name", FAULTS)
def test_fault_shows_beside_the_other_rows(name: str) -> None:
    """A row of a life broken in a way that it does not show by itself is found by its clause."""
    events = life("3.0", "government_building")
    fitting = [
        (at, event)
        for at, event in enumerate(events)
        if FAULTS[name].applies(load("3.0").table(event.table), event.record)
    ]
    assert any(is_found(FAULTS[name], events, at, event) for at, event in reversed(fitting))


def is_found(fault: Fault, events: Sequence[Event], at: int, event: Event) -> bool:
    """Whether a row broken in this way is found, and no other row of its table is blamed."""
    broken = fault.apply(load("3.0").table(event.table), event.record, Random(1))
    told = [*events[:at], Event(event.at, event.table, broken), *events[at + 1 :]]
    verdicts = judged("3.0", told, event.table, in_effect("3.0", told), overdue=False).records
    blamed = {one.id: {found.clause for found in one.findings} for one in verdicts if one.findings}
    return (
        blamed.keys() == {FIRST_NEIGHBOUR + at}
        and set(fault.clauses) <= blamed[FIRST_NEIGHBOUR + at]
    )


def test_what_is_still_to_come_is_no_fault() -> None:
    """Nothing of a life judged beside nothing at all is blamed before the grace is over."""
    events = life("3.0", kinds()[0])
    for table in dict.fromkeys(event.table for event in events):
        judgement = judged("3.0", events, table, [], overdue=False)
        assert [found.rule for one in judgement.records for found in one.findings] == []


def test_a_missing_answer_is_told_as_such() -> None:
    """Offline a comparison is not checked, with the reason, and holds nothing back."""
    events = life("3.0", kinds()[0])
    step = next(event.record for event in events if event.table == "SPGL_XMSPSXBLXXXXB")
    within = Context(DIVISION, frozenset({DIVISION}), NOW)
    judgement = judge(ruleset("3.0"), "SPGL_XMSPSXBLXXXXB", [Record(1, step)], within)
    assert judgement.records[0].outcome == "pass"
    assert (
        "未连接交换库，未与其他记录比对" in judgement.counts["PRC-001/second_receipt"].not_checked
    )


def test_later_is_a_reason() -> None:
    """An answer that is still open counts as not checked, under its reason."""
    assert isinstance(Later("x"), str)
