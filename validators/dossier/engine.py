"""The engine for dossiers: one dossier in, an answer of every rule for every subject of it out.

Passed, failed, not applicable and not checked add up to the subjects of the rule's kind. A rule
that breaks is not checked and reported. What has only just come is not judged yet. A finding under
a waiver of the body whose row it hangs on is advice, until the waiver ends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from traceback import extract_tb

from schemas import Standard
from schemas.clauses import clause
from validators.dossier.dossier import Dossier
from validators.dossier.row import Row
from validators.dossier.rule import Answer, DossierRule, Setting, unchecked
from validators.dossier.subject import Subject, subjects
from validators.dossier.wording import word
from validators.finding import Finding
from validators.judgement import RULE_CRASHED, Counts, RuleError
from validators.record import RECORD_ZONE
from validators.waiver import turn, waived

SETTLING = "记录陆续到达，稍后判断"
BEING_MENDED = "有关记录已退回整改，待重报后判断"


@dataclass(frozen=True, slots=True)
class DossierVerdict:
    """One rule on one subject: the row it hangs on, the answer, the finding when it failed.

    ``backed`` tells that every row it was judged by is confirmed by the platform above, ``excused``
    that the body whose row it is has a waiver of the rule on this day.
    """

    rule: DossierRule
    anchor: Row
    answer: Answer
    finding: Finding | None
    backed: bool
    excused: bool


@dataclass(frozen=True, slots=True)
class DossierJudgement:
    """What became of one dossier; ``again`` is when it must be judged anew without any new row."""

    verdicts: tuple[DossierVerdict, ...]
    counts: Mapping[str, Counts]
    errors: tuple[RuleError, ...]
    again: datetime | None


def in_force(rules: Sequence[DossierRule], standard: Standard) -> tuple[DossierRule, ...]:
    """The rules that are for this version of the standard."""
    return tuple(
        rule
        for rule in rules
        if _holds_in(rule, standard) and (not rule.tables or rule.tables[0] in standard.tables)
    )


def _holds_in(rule: DossierRule, standard: Standard) -> bool:
    versions = rule.versions or clause(rule.clause).versions
    return not versions or bool(set(versions) & set(standard.covers))


def judge_dossier(
    dossier: Dossier, rules: Sequence[DossierRule], standard: Standard, setting: Setting
) -> DossierJudgement:
    """Judge every subject of a dossier by the rules for its kind."""
    by_kind = subjects(dossier)
    verdicts: list[DossierVerdict] = []
    counts: dict[str, Counts] = {}
    errors: list[RuleError] = []
    settles = {
        id(one): one.complete_since + timedelta(seconds=setting.terms.settle_s)
        for members in by_kind.values()
        for one in members
    }
    for rule in rules:
        asked = by_kind.get(rule.subject)
        if not asked:
            continue
        answers = []
        for one in asked:
            answer = (
                unchecked(SETTLING)
                if settles[id(one)] > setting.moment
                else _answer(rule, one, setting, errors)
            )
            answers.append(answer)
            verdicts.append(_verdict(rule, one, answer, standard, setting))
        counts[rule.code] = _count(answers)
    waits = [moment for moment in settles.values() if moment > setting.moment]
    waits += [
        datetime.combine(one.answer.again, time(), RECORD_ZONE)
        for one in verdicts
        if one.answer.again is not None and one.answer.again > setting.today
    ]
    return DossierJudgement(tuple(verdicts), counts, tuple(errors), min(waits, default=None))


def _answer(
    rule: DossierRule, subject: Subject, setting: Setting, errors: list[RuleError]
) -> Answer:
    try:
        answer = rule.check(subject, setting)
    except Exception as error:  # noqa: BLE001 - a broken rule must not cost the dossier
        frames = extract_tb(error.__traceback__)
        place = f" in {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
        told = f"{type(error).__name__}{place}"
        errors.append(RuleError(rule.code, (subject.anchor.version,), told))
        return unchecked(RULE_CRASHED)
    if answer.outcome == "fail" and any(subject.being_mended(name) for name in rule.tables[1:]):
        return unchecked(BEING_MENDED)
    return answer


def _verdict(
    rule: DossierRule, subject: Subject, answer: Answer, standard: Standard, setting: Setting
) -> DossierVerdict:
    known = setting.waivers.get(subject.anchor.body, ())
    waivers = [waiver for waiver in known if waiver.rule == rule.code]
    finding = None
    if answer.outcome == "fail":
        worded = word(rule, subject.anchor, answer, standard)
        ((finding,),) = waived([[worded]], waivers, setting.today)
        days = [day for day in (answer.again, turn(waivers, setting.today)) if day]
        answer = replace(answer, again=min(days, default=None))
    read = [row for table in rule.tables[1:] for row in subject.rows(table)]
    backed = all(row.state == "confirmed" for row in (subject.anchor, *read))
    excused = any(waiver.holds(setting.today) for waiver in waivers)
    return DossierVerdict(rule, subject.anchor, answer, finding, backed, excused)


def _count(answers: Sequence[Answer]) -> Counts:
    outcomes = Counter(answer.outcome for answer in answers)
    reasons = Counter(answer.reason for answer in answers if answer.outcome == "unchecked")
    return Counts(
        outcomes["pass"], outcomes["fail"], outcomes["beside"], dict(sorted(reasons.items()))
    )
