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
from validators.dossier.subject import subjects
from validators.record import RECORD_ZONE

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
    """Whether a subject that is to be looked at again changes its answer not before that day."""
    for number, answer in enumerate(answers(rule, told)):
        if answer.again is None:
            continue
        if answer.again <= setting(told.now).today:
            return False
        eve = replace(told, now=f"{answer.again - timedelta(days=1)} 23:59:59")
        if answers(rule, eve)[number].outcome != answer.outcome:
            return False
    return True


def answers(rule: DossierRule, told: Told) -> list[Answer]:
    """What the rule says of every subject of the example."""
    found = subjects(dossier_of(told, KINDS[rule.subject])).get(rule.subject, [])
    return [rule.check(one, setting(told.now)) for one in found]
