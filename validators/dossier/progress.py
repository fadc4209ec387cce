"""How far a project has come in its flow: which stages it has reached, which of them are done."""

from __future__ import annotations

from collections.abc import Sequence

from validators.dossier.flow import PARALLEL_STAGE, Flow, Link, Stage
from validators.dossier.subject import Subject


def stages(flow: Flow) -> list[Stage]:
    """The stages that follow one another, in order: all but the parallel one."""
    return [stage for stage in flow.stages if stage.number != PARALLEL_STAGE]


def cases_of(cases: Sequence[Subject], stage: Stage) -> list[Subject]:
    """The cases of a stage's items."""
    items = {link.item for link in stage.links}
    return [case for case in cases if case.anchor.text("SPSXBM") in items]


def reached(cases: Sequence[Subject], flow: Flow) -> int:
    """The number of the furthest stage in which a case was accepted; 0 before the first."""
    return max(
        (
            stage.number
            for stage in stages(flow)
            if any(case.course.accepted for case in cases_of(cases, stage))
        ),
        default=0,
    )


def outstanding(cases: Sequence[Subject], stage: Stage) -> list[Link]:
    """The items that keep a stage from being done: its milestones by its rule, else all items."""
    deciding = stage.milestones or stage.links
    passed = {case.anchor.text("SPSXBM") for case in cases if case.passed}
    absent = [link for link in deciding if link.item not in passed]
    if stage.milestones and stage.any_milestone and len(absent) < len(deciding):
        return []
    return absent
