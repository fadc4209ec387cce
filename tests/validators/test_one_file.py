"""Rows of one document are compared with one another; what the store must tell stays open."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from schemas import load, versions
from tests.validators.engines import by_columns, by_rows
from tests.validators.judging import DIVISION, NOW, PROJECT, STEP, Values, ruleset, sample
from tests.validators.test_rules import blames_for_absence
from validators import Context, Judgement, Record, discover
from validators.neighbours import NOT_IN_FILE, OFFLINE
from validators.one_file import MOST, rows_beside
from validators.rule import Compares, Rule

COMPARING = [
    rule
    for rule in discover()
    if isinstance(rule.check, Compares)
    and any(
        rule.code in ruleset(name).plan(table).in_file
        for name in versions()
        for table in rule.tables
        if table in load(name).tables
    )
]


def records_of(*rows: Mapping[str, str | None]) -> list[Record]:
    """Rows as those of a file."""
    return [Record(at, row, where=f"第{at}行") for at, row in enumerate(rows, 2)]


def alone(table: str, *rows: Mapping[str, str | None]) -> Judgement:
    """The rows judged as the only ones there are, by both engines."""
    records = records_of(*rows)
    beside = rows_beside(ruleset().plan(table), records)
    within = Context("x", frozenset({DIVISION}), NOW, one_file=True, related=beside)
    judgement = by_rows(ruleset(), table, records, within)
    assert by_columns(ruleset(), table, records, within) == judgement
    return judgement


def steps(*told: tuple[str, str]) -> list[Values]:
    """Steps of one case: status and time."""
    base = sample(STEP)
    return [
        {**base, "BLZT": status, "BLSJ": f"2026-03-{at}:00", "DFSJZJ": f"BL-{number}"}
        for number, (status, at) in enumerate(told)
    ]


def places(judgement: Judgement, rule: str) -> list[str]:
    """Where a rule was broken."""
    return [
        found.where
        for record in judgement.records
        for found in record.findings
        if found.rule == rule
    ]


@pytest.mark.parametrize("rule", COMPARING, ids=lambda rule: rule.code)
def test_a_part_of_the_rows_blames_nobody(rule: Rule) -> None:
    """What is no fault beside all rows is none beside fewer; else a rule says ``by_absence``."""
    assert not blames_for_absence(rule)


def test_conflicts_inside_a_file_are_found() -> None:
    """A second receipt, a step after the end: told as if the exchange had looked them up."""
    judgement = alone(
        STEP,
        *steps(("1", "02 09:00"), ("1", "02 11:00"), ("3", "03 09:00"), ("11", "05 09:00")),
        *({**row, "DFSJZJ": "later"} for row in steps(("8", "06 09:00"))),
    )
    assert places(judgement, "PRC-001/second_receipt") == ["第3行"]
    assert places(judgement, "PRC-011/step_after_end") == ["第6行"]
    assert judgement.counts["PRC-001/second_receipt"].not_checked == {}


def test_what_may_be_elsewhere_is_not_checked() -> None:
    """A step without the one before it, a rule about other tables: open, and nothing is held."""
    judgement = alone(STEP, *steps(("11", "05 09:00")))
    open_ = judgement.counts["PRC-009/finished_without_acceptance"].not_checked
    assert open_ == {NOT_IN_FILE: 1}
    assert judgement.records[0].outcome == "pass"
    assert judgement.records[0].waits_for == ()
    reasons = alone("SPGL_SPLCXXB", sample("SPGL_SPLCXXB")).counts
    assert reasons["PRO-008/flow_version_skipped"].not_checked == {OFFLINE: 1}
    others = alone("SPGL_XMSPSXPFWJXXB", sample("SPGL_XMSPSXPFWJXXB")).counts
    assert others["PRC-024/approved_outside_handling"].not_checked == {OFFLINE: 1}


def test_near_duplicates_inside_a_file() -> None:
    """One owner's project under two codes is pointed out from both sides."""
    one = sample(XMMC="樊城区第一小学 新建工程", DFSJZJ="A")
    other = {**sample(seed=2), "JSDWDM": one["JSDWDM"], "XMMC": "樊城区第一小学（新建）工程"}
    judgement = alone(PROJECT, one, other)
    assert places(judgement, "COM-012/project_entered_twice") == ["第2行", "第3行"]


def test_only_the_newest_row_of_a_record_counts() -> None:
    """A row that was withdrawn further down is no neighbour, nor an earlier state of one."""
    first, second = steps(("1", "02 09:00"), ("1", "02 11:00"))
    assert places(alone(STEP, first, second), "PRC-001/second_receipt") == ["第3行"]
    gone = {**first, "SJYXBS": "0", "SJWXYY": "误报"}
    assert places(alone(STEP, first, gone, second), "PRC-001/second_receipt") == []
    mended = {**first, "BLSJ": "2026-03-02 12:00:00"}
    assert places(alone(STEP, first, mended), "PRC-001/second_receipt") == []


def test_a_lookup_brings_a_bounded_number_of_rows() -> None:
    """Thousands of projects of one owner do not become millions of comparisons."""
    rows = [sample(XMDM=f"P{at}", GCDM=f"G{at}", DFSJZJ=f"L{at}") for at in range(MOST + 50)]
    beside = rows_beside(ruleset().plan(PROJECT), records_of(*rows))
    assert [len(found) for found in beside.values()] == [MOST]
