"""Whole lives of a project for tests of dossiers: landed, judged, reviewed, one step left out."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import groupby
from random import Random

from exchange.judging.dossiers import Reviewed, review_due
from schemas.sample import flow_setup, story
from schemas.sample.life.tale import Event
from tests.exchange.records import BODY, World
from validators.dossier.dossier import STEPS

RECEIPT = "INS-013/case_without_receipt"
SETTLE = 1801
"""Seconds after its last row in which a dossier has settled."""
RECEIVED = "1"


def life(world: World) -> list[Event]:
    """The set-up of the body and the first stage of a project, everything there."""
    begin = datetime(2026, 3, 2, 9)  # noqa: DTZ001  wall time, as records have it
    made = flow_setup(world.standard, BODY, Random(1), begin - timedelta(days=90))
    told = story(world.standard, BODY, Random(3), begin, kind="industrial", stages=1)
    return [*made, *told]


def land(world: World, events: list[Event]) -> None:
    """Land and judge these rows, parents first."""
    order = {table.code: place for place, table in enumerate(world.standard.in_order)}
    events = sorted(events, key=lambda event: order[event.table])
    for table, members in groupby(events, key=lambda event: event.table):
        world.land(table, *(event.record for event in members))
    while world.judge().records:
        pass


def review(world: World) -> Reviewed:
    """Review what is due now, to the end."""
    total = Reviewed()
    while (one := review_due(world.store, world.rulesets, now=world.now)).dossiers:
        total.add(one)
    return total


def receipt_of(events: list[Event]) -> Event:
    """One receipt step of the story."""
    return next(
        event for event in events if event.table == STEPS and event.record["BLZT"] == RECEIVED
    )


def without_receipt(world: World) -> Event:
    """Land and review a project of which one receipt is missing."""
    events = life(world)
    missing = receipt_of(events)
    land(world, [event for event in events if event is not missing])
    world.pass_time(seconds=SETTLE)
    review(world)
    return missing
