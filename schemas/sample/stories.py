"""Whole lives of projects through the four stages, as events in order of time."""

from __future__ import annotations

from datetime import datetime
from random import Random

from schemas.sample import catalogue, codes
from schemas.sample.catalogue import Item
from schemas.sample.life import cases, drawings, fire, permits, projects, services
from schemas.sample.life.courses import Course
from schemas.sample.life.tale import Case, Event, Project, Tale
from schemas.sample.worktime import later, soon
from schemas.standard import Standard

#: What a passed case of an item leaves behind, by the item's ``detail``.
_DETAILS = {
    "land": permits.land,
    "planning": permits.planning,
    "construction": permits.construction,
    "completion": permits.completion,
    "drawings": drawings.review,
    "fire_design": fire.design_review,
    "fire_acceptance": fire.acceptance,
    "fire_filing": fire.filing,
}
_STUDIES = {"feasibility": "可行性研究报告编制", "environment": "环境影响报告表编制"}
_LAST_STAGE = 4
#: Working days between the construction permit and the acceptance of what was built.
_BUILDING_DAYS = 220
#: How often a first application ends without a pass; the next one passes.
_FAILURES = (
    (Course.WITHDRAWN, 2), (Course.DECLINED, 2), (Course.REFUSED, 2), (Course.FAILED, 2),
    (Course.TAKEN_BACK, 1), (Course.REVOKED, 1),
)  # fmt: skip
_FAILURE_RATE = 0.08
#: How often an item that knows special procedures goes through one.
_SPECIAL_RATE = 0.6
#: How often an anomaly is found on the site.
_SUPERVISED_RATE = 0.5
_PASSES = (Course.PASSED, Course.PASSED, Course.PASSED, Course.CORRECTED, Course.DEFICIENT)


def kinds() -> tuple[str, ...]:
    """The kinds of projects a story can be told of."""
    return tuple(kind.key for kind in catalogue.kinds())


def story(
    standard: Standard,
    division: str,
    rng: Random,
    start: datetime,
    *,
    kind: str | None = None,
    stages: int = _LAST_STAGE,
) -> list[Event]:
    """The life of one project from its application on, in order of time, parents before children.

    ``division`` is the six-digit code of the body, ``start`` local wall time; moments are those of
    working hours on working days, each as long after the last as offices take, so that a whole
    life runs over more than a year. ``retime`` compresses it. ``stages`` (1 to 4) tells where the
    life ends so far; only a whole life is marked as finished. Rows refer to one another and to
    those of ``flow_setup`` of the same division, and satisfy the process rules PRC-001 to 013.
    Without ``kind`` one is drawn. Raises UnknownKindError.
    """
    chosen = catalogue.kind(kind or rng.choice(kinds()))
    tale = Tale(standard, division, rng)
    project, at = projects.begin(tale, chosen, soon(rng, start))
    waiting = [item for item in chosen.items if item.stage <= stages or _goes_along(item, stages)]
    while waiting:
        together = _next_batch(waiting)
        waiting = waiting[len(together) :]
        if together[0].joint == "acceptance":
            at = later(rng, at, _BUILDING_DAYS)
        at = _batch(tale, project, together, at)
    if stages >= _LAST_STAGE:
        projects.finish(tale, project, soon(rng, max(event.at for event in tale.events)))
    return tale.told()


def _goes_along(item: Item, stages: int) -> bool:
    """Parallel items go with the stage in which projects usually apply for them."""
    return item.stage == catalogue.PARALLEL_STAGE and stages > 1


def _next_batch(waiting: list[Item]) -> list[Item]:
    """The next item, with those directly after it that belong to the same joint handling."""
    joint = waiting[0].joint
    together = [waiting[0]]
    for item in waiting[1:]:
        if not joint or item.joint != joint:
            break
        together.append(item)
    return together


def _batch(tale: Tale, project: Project, together: list[Item], at: datetime) -> datetime:
    """Handles an item, or several in parallel under one batch code; returns when all were done."""
    if len(together) == 1:
        return _application(tale, project, together[0], at)
    batch = codes.serial(tale.rng, tale.division, at, "BL")
    cases.joint_material(tale, project, batch, together[0], at)
    done = [
        _passing(tale, project, item, at, tale.rng.choice(_PASSES), batch=batch)
        for item in together
    ]
    if together[0].joint == "acceptance":
        services.intermediary(
            tale, project, "竣工测绘", soon(tale.rng, done[0].received), case=done[0]
        )
    return soon(tale.rng, max(case.closed for case in done))


def _application(tale: Tale, project: Project, item: Item, at: datetime) -> datetime:
    """One item applied for until it passes; returns when the next can be applied for."""
    rng = tale.rng
    if item.key in _STUDIES:
        at = services.intermediary(tale, project, _STUDIES[item.key], at)
        at = soon(rng, at)
    if rng.random() < _FAILURE_RATE:
        courses, weights = zip(*_FAILURES, strict=True)
        first = cases.handle(tale, project, item, at, course=rng.choices(courses, weights)[0])
        at = later(rng, first.closed, 2)
    special = item.special and rng.random() < _SPECIAL_RATE
    course = Course.SPECIAL if special else rng.choice(_PASSES)
    case = _passing(tale, project, item, at, course)
    if item.commitment:
        services.commitment_check(tale, project, case)
    if item.detail == "construction" and rng.random() < _SUPERVISED_RATE:
        services.supervision(tale, project, case.finished)
    return soon(rng, case.closed)


def _passing(
    tale: Tale,
    project: Project,
    item: Item,
    at: datetime,
    course: Course,
    *,
    batch: str | None = None,
) -> Case:
    """A case that passes, with what it leaves behind."""
    case = cases.handle(tale, project, item, at, course=course, batch=batch)
    if item.stage == 1 and case.paper:
        project.papers.setdefault("initiation", case.paper)
        project.dates.setdefault("initiation", case.finished.date().isoformat())
    detail = _DETAILS.get(item.detail)
    if detail:
        detail(tale, project, case)
    return case
