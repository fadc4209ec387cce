"""Whole lives of projects are complete by the dossier rules; one missing step is named."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from random import Random

import pytest

from schemas import Standard, load
from schemas.sample import OMISSIONS, Omission, flow_setup, story
from schemas.sample.life.tale import Event
from schemas.sample.stories import kinds
from tests.validators.dossier.told import LONG_AGO, setting
from validators.dossier.dossier import Dossier
from validators.dossier.engine import DossierJudgement, in_force, judge_dossier
from validators.dossier.flow import SetUp
from validators.dossier.row import Row, Rows, by_table
from validators.registry import discover_dossier_rules

DIVISION = "420602"
NOW = "2026-11-20 10:00:00"
FACTS_OF_PERFORMANCE = {"LIM-005/stage_overdue"}
"""A life with a failed first application takes longer than a stage may: that is no gap in data."""


def rows_of(standard: Standard, events: list[Event]) -> Rows:
    """The rows in effect after these events."""
    numbers = count(1)
    newest: dict[tuple[object, ...], Row] = {}
    for event in events:
        table = standard.table(event.table)
        key = (event.table, *(event.record.get(code) for code in table.key))
        row = Row(next(numbers), DIVISION, event.table, event.record, LONG_AGO, "confirmed")
        newest[key] = row
    return by_table(row for row in newest.values() if row.text("SJYXBS") != "0")


def judged(
    version: str, kind: str, seed: int, *, without: Omission | None = None
) -> DossierJudgement:
    """A whole life of a project of this kind, perhaps with something left out."""
    standard = load(version)
    area = rows_of(standard, flow_setup(standard, DIVISION, Random(1), datetime(2024, 1, 5, 9)))  # noqa: DTZ001  wall time, as records have it
    told = story(standard, DIVISION, Random(seed), datetime(2025, 1, 6, 9), kind=kind)  # noqa: DTZ001  the same
    kept = without.apply(told) if without else told
    dossier = Dossier("project", "K", rows_of(standard, kept), area=SetUp(area))
    rules = in_force(discover_dossier_rules(), standard)
    return judge_dossier(dossier, rules, standard, setting(NOW))


@pytest.mark.parametrize("version", ["2.0", "3.0"])
@pytest.mark.parametrize("kind", kinds())
def test_whole_life_is_complete(version: str, kind: str) -> None:
    """No rule finds a gap in the simulated life of a project, and most rules look at it."""
    for seed in range(3):
        judgement = judged(version, kind, seed)
        failing = {code for code, counts in judgement.counts.items() if counts.failed}
        assert failing <= FACTS_OF_PERFORMANCE
        looked_at = [code for code, counts in judgement.counts.items() if counts.passed]
        assert len(looked_at) > 10
        assert judgement.errors == ()


@pytest.mark.parametrize("name", OMISSIONS)
def test_what_is_left_out_is_named(name: str) -> None:
    """Every omission is found by a rule on its clause, and only where something is missing."""
    omission = OMISSIONS[name]
    lives = [judged("3.0", kind, seed, without=omission) for kind in kinds() for seed in (1, 2)]
    failing = {
        verdict.rule.clause
        for judgement in lives
        for verdict in judgement.verdicts
        if verdict.finding and verdict.rule.code not in FACTS_OF_PERFORMANCE
    }
    assert set(omission.clauses) == failing
