"""Examples made into dossiers, and what the rules answer about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count

from schemas.calendar import china
from schemas.policy import load
from schemas.policy_terms import DossierTerms
from validators.dossier.dossier import Dossier, DossierKind
from validators.dossier.flow import SetUp
from validators.dossier.row import Row, by_table
from validators.dossier.rule import Answer, Cells, DossierRule, Setting, Told
from validators.dossier.subject import Subject, subjects
from validators.record import RECORD_ZONE

LATER = (1, 30, 400)
"""Days after which an answer that is not looked at again is asked whether it still holds."""
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
KINDS: dict[str, DossierKind] = {
    "case": "project",
    "project": "project",
    "service": "plan",
    "flow": "area",
    "item": "area",
    "area": "area",
    "approval": "approval",
}


def terms() -> DossierTerms:
    """The terms of the city's policy."""
    return load("420600", date(2026, 3, 31)).dossiers


def setting(now: str) -> Setting:
    """What a check knows at this wall time."""
    return Setting(datetime.fromisoformat(now).replace(tzinfo=RECORD_ZONE), terms(), china())


def dossier_of(told: Told, kind: DossierKind) -> Dossier:
    """The dossier an example tells of."""
    numbers = count(1)

    def rows(tables: dict[str, tuple[Cells, ...]]) -> dict[str, tuple[Row, ...]]:
        return by_table(
            Row(next(numbers), "420602", table, cells, LONG_AGO + timedelta(0), "confirmed")
            for table, members in tables.items()
            for cells in members
        )

    return Dossier(kind, "K", rows(dict(told.rows)), area=SetUp(rows(dict(told.area))))


def looks_again_in_time(rule: DossierRule, told: Told) -> bool:
    """Whether no subject changes its answer by time alone before the day it is looked at again.

    One that is never looked at again never changes it.
    """
    today = setting(told.now).today
    for number, answer in enumerate(answers(rule, told)):
        if answer.again is None:
            days = [today + timedelta(days=later) for later in LATER]
        elif answer.again > today:
            days = [answer.again - timedelta(days=1)]
        else:
            return False
        for day in days:
            then = replace(told, now=f"{day} 23:59:59")
            if answers(rule, then)[number].outcome != answer.outcome:
                return False
    return True


def answers(rule: DossierRule, told: Told) -> list[Answer]:
    """What the rule says of every subject of the example."""
    return [answer for _, answer in answered(rule, told)]


def answered(rule: DossierRule, told: Told) -> list[tuple[Subject, Answer]]:
    """The subjects of the example, each with what the rule says of it."""
    found = subjects(dossier_of(told, KINDS[rule.subject])).get(rule.subject, [])
    return [(one, rule.check(one, setting(told.now))) for one in found]
