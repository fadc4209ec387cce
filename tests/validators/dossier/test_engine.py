"""The engine for dossiers: counts that add up, what settles, what is being mended, what breaks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from schemas import load
from schemas.calendar import WorkingDays, china
from tests.validators.dossier.told import dossier_of, setting, terms
from validators.dossier.dossier import CASE, STEPS, Dossier
from validators.dossier.engine import BEING_MENDED, SETTLING, judge_dossier
from validators.dossier.rule import Answer, DossierRule, Setting
from validators.dossier.subject import Subject
from validators.dossier.told import case, project, set_up
from validators.judgement import RULE_CRASHED
from validators.record import RECORD_ZONE
from validators.registry import discover_dossier_rules
from validators.waiver import Waiver

STANDARD = load("3.0")
RULES = {rule.code: rule for rule in discover_dossier_rules()}
RECEIPT = RULES["INS-013/case_without_receipt"]
NOW = setting("2026-03-31 18:00:00")


def test_counts_add_up() -> None:
    """For every rule the four answers add up to the subjects of its kind."""
    told = project(
        ("BJ1", "SX1", "1 03-02 09:00, 3 03-02 10:00"),
        ("BJ2", "SX1", "3 03-02 10:00"),
        area=set_up((1, "SX1", "0120001")),
    )
    judgement = judge_dossier(dossier_of(told, "project"), list(RULES.values()), STANDARD, NOW)
    assert judgement.counts[RECEIPT.code].passed == 1
    assert judgement.counts[RECEIPT.code].failed == 1
    for code, counts in judgement.counts.items():
        assert counts.total == (2 if RULES[code].subject == "case" else 1), code


def test_finding_hangs_on_the_row_of_the_case() -> None:
    """A finding names table, key, row, clause and what is missing, and hides personal data."""
    told = case("3 03-02 10:00", row={"LXR": "张三丰"})
    (verdict,) = judge_dossier(dossier_of(told, "project"), [RECEIPT], STANDARD, NOW).verdicts
    finding = verdict.finding
    assert finding is not None
    assert finding.table == CASE
    assert finding.row == verdict.anchor.version
    assert finding.key["SPSXSLBM"] == "BJ1"
    assert finding.clause == "INS-013"
    assert "BJ1" in finding.message
    assert finding.consequence == "rectify"


def test_a_waived_finding_is_advice_until_the_waiver_ends() -> None:
    """Only the body whose row shows it is excused; the day after is told as the day to look."""
    dossier = dossier_of(case("3 03-02 10:00"), "project")
    waiver = Waiver(RECEIPT.code, "系统升级", "张主任", NOW.today, date(2026, 4, 2))
    excused = replace(NOW, waivers={"420602": [waiver]})
    judgement = judge_dossier(dossier, [RECEIPT], STANDARD, excused)
    (verdict,) = judgement.verdicts
    assert verdict.finding is not None
    assert verdict.finding.consequence == "advice"
    assert judgement.again == datetime(2026, 4, 3, tzinfo=RECORD_ZONE)
    elsewhere = replace(NOW, waivers={"420606": [waiver]})
    (verdict,) = judge_dossier(dossier, [RECEIPT], STANDARD, elsewhere).verdicts
    assert verdict.finding is not None
    assert verdict.finding.consequence == "rectify"


def test_what_only_just_came_is_not_judged() -> None:
    """A case whose rows still arrive is not checked, and is looked at when it has settled."""
    dossier = dossier_of(case("3 03-02 10:00"), "project")
    late = NOW.moment - timedelta(seconds=10)
    rows = {
        table: tuple(replace(row, arrived=late) for row in dossier.of(table))
        for table in dossier.rows
    }
    judgement = judge_dossier(Dossier("project", "K", rows), [RECEIPT], STANDARD, NOW)
    assert judgement.counts[RECEIPT.code].not_checked == {SETTLING: 1}
    assert judgement.again == late + timedelta(seconds=terms().settle_s)


def test_missing_row_that_is_being_mended_is_not_missed() -> None:
    """While a step of the case is returned for mending, its absence is not held against it."""
    dossier = dossier_of(case("1 03-02 09:00", "3 03-02 10:00"), "project")
    first, second = dossier.of(STEPS)
    rows = {**dossier.rows, STEPS: (second,)}
    returned = {STEPS: (replace(first, state="returned"),)}
    judgement = judge_dossier(Dossier("project", "K", rows, returned), [RECEIPT], STANDARD, NOW)
    assert judgement.counts[RECEIPT.code].not_checked == {BEING_MENDED: 1}


def _crash(_: Subject, __: Setting) -> Answer:
    raise ZeroDivisionError


def test_broken_rule_is_not_checked_and_reported() -> None:
    """A rule that breaks costs neither the dossier nor the other rules."""
    broken: DossierRule = replace(RECEIPT, code="INS-013/broken", check=_crash)
    dossier = dossier_of(case("1 03-02 09:00"), "project")
    judgement = judge_dossier(dossier, [broken, RECEIPT], STANDARD, NOW)
    assert judgement.counts[broken.code].not_checked == {RULE_CRASHED: 1}
    assert judgement.counts[RECEIPT.code].passed == 1
    (error,) = judgement.errors
    assert "ZeroDivisionError" in error.error


def test_running_case_is_looked_at_again_next_day() -> None:
    """A case that goes on is judged anew although no row changes."""
    rule = RULES["LIM-001/case_overdue"]
    dossier = dossier_of(case("3 03-30 09:00", row={"SXBLSX": "5"}), "project")
    judgement = judge_dossier(dossier, [rule], STANDARD, NOW)
    assert judgement.again == datetime(2026, 3, 31, 16, tzinfo=UTC)  # midnight in China


@pytest.mark.parametrize("bound", [True, False])
def test_control_limit_is_that_of_the_type_of_flow(bound: bool) -> None:
    """The type is that of the flow version, else the one that the project itself states."""
    told = project(
        ("BJ1", "SX1", "3 03-02 09:00, 11 03-20 09:00"),
        row={"SPLCLX": "3"},
        area=set_up((1, "SX1", "")) if bound else None,
    )
    rule = RULES["LIM-006/project_over_control_limit"]
    limits = {"1": 13, "3": 14, "*": 120}
    at = replace(NOW, terms=replace(NOW.terms, total_days=limits))
    (verdict,) = judge_dossier(dossier_of(told, "project"), [rule], STANDARD, at).verdicts
    assert verdict.answer.outcome == ("fail" if bound else "pass")


def test_stage_still_within_its_limit_is_looked_at_beside_one_over_it() -> None:
    """What is overdue is told once, not anew each day; another stage may still become so."""
    first, second = ("BJ1", "SX1", "3 03-02 09:00"), ("BJ2", "SX2", "3 03-30 09:00")
    area = set_up((1, "SX1", ""), (2, "SX2", ""), limits={1: 5})
    rule = RULES["LIM-005/stage_overdue"]
    for told, again in ((project(first, area=area), None), (project(first, second, area=area), 1)):
        (verdict,) = judge_dossier(dossier_of(told, "project"), [rule], STANDARD, NOW).verdicts
        assert verdict.answer.outcome == "fail"
        assert verdict.answer.again == (again and NOW.tomorrow)


def test_unknown_year_is_told_as_provisional() -> None:
    """A limit counted with a year whose holidays are not known says so in the finding."""
    known = china()
    calendar = WorkingDays(known.off, known.work, frozenset({2025}))
    rule = RULES["LIM-001/case_overdue"]
    dossier = dossier_of(case("3 03-02 09:00", row={"SXBLSX": "5"}), "project")
    (verdict,) = judge_dossier(dossier, [rule], STANDARD, replace(NOW, calendar=calendar)).verdicts
    assert verdict.answer.provisional
    assert verdict.finding is not None
    assert "结果待核" in verdict.finding.message
    (certain,) = judge_dossier(dossier, [rule], STANDARD, NOW).verdicts
    assert certain.finding is not None
    assert "待核" not in certain.finding.message
