"""The engine: verdicts, holds, counts, and what happens when a rule breaks."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from schemas import UnknownTableError, load
from tests.validators.judging import (
    CASE,
    NOW,
    PROJECT,
    STEP,
    context,
    judged,
    rules_found,
    ruleset,
    sample,
)
from validators import Context, Judgement, ParentState, Record, Ruleset, judge
from validators.expression import text
from validators.judgement import RULE_CRASHED
from validators.rule import Holds, Rule


def adds_up(judgement: Judgement) -> bool:
    """Whether for every rule the four answers add up to the records."""
    return all(each.total == len(judgement.records) for each in judgement.counts.values())


def test_valid_record_passes() -> None:
    """A valid record passes without a finding, and every rule of the table has counts."""
    judgement = judged(sample())
    assert judgement.records[0].outcome == "pass"
    assert judgement.records[0].findings == ()
    assert set(judgement.counts) == {rule.code for rule in ruleset().rules_of(PROJECT)}
    assert adds_up(judgement)


def test_error_returns_and_warning_rides_along() -> None:
    """Only findings that reject make a record fail; others go with the record that passes."""
    wrong = judged(sample(XMTZLY="9"))
    odd = judged(sample(ZTZE="0"))
    assert wrong.records[0].outcome == "fail"
    assert odd.records[0].outcome == "pass"
    assert [found.consequence for found in odd.records[0].findings] == ["rectify"]


def test_empty_batch() -> None:
    """No records, no verdicts, and counts of nothing for every rule."""
    judgement = judged()
    assert judgement.records == ()
    assert adds_up(judgement)


def test_unknown_table_is_named() -> None:
    """A table that the standard lacks is an error with the nearest names."""
    with pytest.raises(UnknownTableError, match="SPGL_XMJBXXB"):
        judge(ruleset(), "SPGL_XMJBXB", [], context())


def test_column_that_disappeared_counts_as_empty() -> None:
    """A source that dropped a column gets a finding for the column, not an error."""
    row = sample()
    del row["XMMC"]
    assert rules_found(judged(row)) == {"COM-001/SPGL_XMJBXXB.XMMC"}


def test_unknown_columns_are_ignored() -> None:
    """Columns of the source's own change nothing."""
    assert judged(sample(NOSUCH="x")).records[0].outcome == "pass"


def test_withdrawal_is_not_judged_by_its_content() -> None:
    """A row that withdraws a faulty one repeats its faults and must still go up."""
    faulty = sample(XMTZLY="9", NJCSJ="1999-01-01", ZTZE="-1")
    assert judged(faulty).records[0].outcome == "fail"
    withdrawn = judged({**faulty, "SJYXBS": "0", "SJWXYY": "填报有误"})
    assert withdrawn.records[0].outcome == "pass"
    assert adds_up(withdrawn)


def test_withdrawal_needs_key_division_and_reason() -> None:
    """What names the withdrawn row is judged in a withdrawal, too."""
    row = sample(SJYXBS="0", SJWXYY=None, GCDM=None, XZQHDM="411325")
    assert rules_found(judged(row)) == {
        "COM-001/SPGL_XMJBXXB.GCDM",
        "COM-003/SPGL_XMJBXXB.XZQHDM",
        "STD-102/SPGL_XMJBXXB.SJWXYY",
    }


def test_parents_decide_over_hold() -> None:
    """Accepted parents let pass; pending, failed and absent ones hold the record."""
    row = sample(CASE)
    needed = ruleset().lookups(CASE, [row])
    assert needed
    outcomes: dict[ParentState, str] = {
        "accepted": "pass", "pending": "hold", "failed": "hold", "absent": "hold",
    }  # fmt: skip
    for state, outcome in outcomes.items():
        verdict = judged(row, table=CASE, within=context(dict.fromkeys(needed, state))).records[0]
        assert verdict.outcome == outcome
        assert set(verdict.waits_for) == (set() if outcome == "pass" else needed)


def test_absent_parent_fails_when_its_time_is_over() -> None:
    """Only an absent parent, and only after the grace, is a fault of the child."""
    row = sample(CASE)
    needed = ruleset().lookups(CASE, [row])
    over = frozenset({1})
    absent = context(dict.fromkeys(needed, "absent"), grace_over=over)
    failed = context(dict.fromkeys(needed, "failed"), grace_over=over)
    assert judged(row, table=CASE, within=absent).records[0].outcome == "fail"
    assert judged(row, table=CASE, within=failed).records[0].outcome == "hold"


def test_state_that_was_not_asked_for_holds() -> None:
    """A lookup without a state is never taken for a parent that is there."""
    assert judged(sample(CASE), table=CASE, within=context({})).records[0].outcome == "hold"


def test_offline_references_are_not_checked_and_hold_nothing() -> None:
    """Without a store nobody knows the parents: said in the counts, no hold."""
    judgement = judged(sample(CASE), table=CASE)
    assert judgement.records[0].outcome == "pass"
    reasons = {reason for each in judgement.counts.values() for reason in each.not_checked}
    assert "未连接交换库，未核对上级记录" in reasons


def test_unknown_body_leaves_division_unchecked() -> None:
    """Without the body's divisions the rule on them is not checked, rather than failed."""
    nobody = Context("", frozenset(), NOW)
    counts = judged(sample(), within=nobody).counts["COM-003/SPGL_XMJBXXB.XZQHDM"]
    assert sum(counts.not_checked.values()) == 1


def test_incomplete_list_never_rejects() -> None:
    """A code outside a list with gaps is not checked; one inside passes."""
    rule = "COM-013/SPGL_XMJBXXB.TDHQFS"
    counts = judged(sample(TDHQFS="2"), sample(seed=2, TDHQFS="8")).counts[rule]
    assert (counts.passed, dict(counts.not_checked)) == (1, {"代码表不完整": 1})


def broken(value: str) -> bool:
    """A rule's function with a fault of its own."""
    if value == "boom":
        raise KeyError(value)
    return True


def test_crashing_rule_costs_only_itself() -> None:
    """A rule that breaks is not checked for its record and reported; the rest is judged."""
    crash = Rule(
        code="X/crash", kind="quality", tables=(PROJECT,), fields=("GCFW",), clause="COM-020",
        statement="。", severity="error", dimension="accuracy", message="。", why="。", fix="。",
        check=Holds(text("GCFW").through("broken", broken)),
    )  # fmt: skip
    standard = load("3.0")
    own = Ruleset(standard, [crash], ruleset().stamp)
    records = [Record(7, sample(GCFW="boom")), Record(8, sample(seed=2, GCFW="fine", XMTZLY="9"))]
    judgement = judge(own, PROJECT, records, context())
    assert judgement.counts["X/crash"].passed == 1
    assert judgement.counts["X/crash"].not_checked == {RULE_CRASHED: 1}
    assert [verdict.outcome for verdict in judgement.records] == ["pass", "fail"]
    (error,) = judgement.errors
    assert (error.rule, error.records) == ("X/crash", (7,))
    assert error.error.startswith("KeyError in test_engine.py")
    assert "boom" not in error.error
    assert adds_up(judgement)


@dataclass(frozen=True)
class Lost:
    """A landing defect, as the connectors give it."""

    code: str
    field: str | None
    value: str | None
    message: str


def test_landing_defects_reject() -> None:
    """What was lost in reading returns the record, in the words of who read it."""
    known = Lost("digits_lost", "XMDM", "4.2E+17", "位数已丢失")
    other = Lost("never_seen_before", None, None, "不明缺损")
    judgement = judge(
        ruleset(), PROJECT, [Record(1, sample(), [known, other], where="第2行")], context()
    )
    verdict = judgement.records[0]
    assert verdict.outcome == "fail"
    found = {finding.rule: finding for finding in verdict.findings}
    assert set(found) == {"LND-DIGITS-LOST", "LND-OTHER"}
    assert found["LND-DIGITS-LOST"].fields == ("XMDM",)
    assert found["LND-DIGITS-LOST"].message == "位数已丢失"
    assert found["LND-OTHER"].fields == ()
    assert adds_up(judgement)


def test_same_input_same_findings() -> None:
    """Judging twice, alone or among others, gives the same findings in the same order."""
    rows = [sample(seed=seed, XMTZLY="9", NKGSJ="2026/1/1", SJSCZT="3") for seed in range(5)]
    first, second = judged(*rows), judged(*rows)
    assert first == second
    alone = judged(rows[0]).records[0]
    among = first.records[0]
    assert [found.rule for found in alone.findings] == [found.rule for found in among.findings]


def test_batch_order_is_kept() -> None:
    """Verdicts come in the order of the records and under their ids."""
    records = [Record(at, sample(seed=at)) for at in (9, 3, 5)]
    judgement = judge(ruleset(), PROJECT, records, context())
    assert [verdict.id for verdict in judgement.records] == [9, 3, 5]


def test_time_is_an_argument() -> None:
    """The same record is from the future for one moment and not for another."""
    row = sample(STEP)
    rule = "COM-016/SPGL_XMSPSXBLXXXXB.BLSJ"
    before = replace(context(), now=NOW.replace(year=NOW.year - 1))
    assert rule in rules_found(judged(row, table=STEP, within=before))
    assert rule not in rules_found(judged(row, table=STEP))
