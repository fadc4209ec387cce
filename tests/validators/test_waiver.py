"""A waived finding stays in sight and harms nothing, until its day is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.validators.judging import NOW, context, judged, sample
from validators import Waiver
from validators.waiver import turn

RULE = "COM-013/SPGL_XMJBXXB.XMTZLY"
BAD = sample(XMTZLY="9")
DAY = NOW.date()
WAIVER = Waiver(RULE, "系统升级", "张主任", DAY - timedelta(days=3), DAY)


def test_waived_finding_rides_along_as_advice_and_says_so() -> None:
    """The record passes; the finding names signer, last day and what it would have meant."""
    without = judged(BAD).records[0]
    verdict = judged(BAD, within=replace(context(), waivers=(WAIVER,))).records[0]
    assert (without.outcome, verdict.outcome) == ("fail", "pass")
    (found,) = [each for each in verdict.findings if each.rule == RULE]
    assert found.consequence == "advice"
    assert found.message.endswith(f"【豁免：张主任签批，至{DAY.isoformat()}】")
    assert found.waived is not None
    assert (found.waived["consequence"], found.waived["signer"]) == ("reject", "张主任")


def test_other_rules_and_other_days_are_not_excused() -> None:
    """A waiver of yesterday, of tomorrow or of another rule changes nothing."""
    plain = judged(BAD)
    for waiver in (
        replace(WAIVER, until_day=DAY - timedelta(days=1)),
        replace(WAIVER, from_day=DAY + timedelta(days=1), until_day=DAY + timedelta(days=2)),
        replace(WAIVER, rule="COM-013/SPGL_XMJBXXB.JSXZ"),
    ):
        assert judged(BAD, within=replace(context(), waivers=(waiver,))) == plain


def test_counts_show_what_was_waived() -> None:
    """The rule still counts the record as failed: a waiver hides nothing from the statistics."""
    counts = judged(BAD, within=replace(context(), waivers=(WAIVER,))).counts[RULE]
    assert counts.failed == 1


def test_the_next_turn_is_a_first_day_or_the_day_after_a_last_one() -> None:
    """What is over turns nothing; of several days the nearest is told."""
    one = timedelta(days=1)
    over = replace(WAIVER, until_day=DAY - one)
    ahead = replace(WAIVER, from_day=DAY + 3 * one, until_day=DAY + 9 * one)
    assert turn([over], DAY) is None
    assert turn([over, ahead], DAY) == DAY + 3 * one
    assert turn([ahead, WAIVER], DAY) == DAY + one
