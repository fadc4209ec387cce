"""阶段累计用时超过阶段时限。"""

from datetime import datetime
from typing import NamedTuple

from schemas.calendar import Count
from validators.dossier.flow import Stage
from validators.dossier.progress import cases_of, outstanding, stages
from validators.dossier.rule import BESIDE, Answer, DossierRule, Setting, holds
from validators.dossier.subject import Subject
from validators.dossier.told import project, set_up


def _check(subject: Subject, setting: Setting) -> Answer:
    flow, cases = subject.flow, list(subject.cases())
    limited = [stage for stage in stages(flow) if stage.limit] if flow else []
    begun = [use for stage in limited if (use := _use(cases_of(cases, stage), stage, setting))]
    if not begun:
        return BESIDE
    over = [use for use in begun if use.used.days > use.stage.limit]
    again = setting.tomorrow if any(use.runs for use in begun if use not in over) else None
    return holds(
        not over,
        again=again,
        provisional=any(use.used.provisional for use in over),
        stages="；".join(
            f"{stage.name}时限{stage.limit}个工作日，已用{used.days}个" for stage, used, _ in over
        ),
    )


class _Use(NamedTuple):
    """The time that a stage has used, and whether it uses more."""

    stage: Stage
    used: Count
    runs: bool


def _use(cases: list[Subject], stage: Stage, setting: Setting) -> _Use | None:
    """None for a stage that has not begun, or that nobody works on."""
    starts = [at for case in cases if (at := case.course.accepted)]
    end = _end(cases, stage, setting.now)
    if not starts or end is None:
        return None
    used = setting.calendar.between(min(starts).date(), end.date())
    return _Use(stage, used, end == setting.now)


def _end(cases: list[Subject], stage: Stage, now: datetime) -> datetime | None:
    """When the stage was done; now while it goes on; None when nobody works on it."""
    if not outstanding(cases, stage):
        deciding = {link.item for link in stage.milestones or stage.links}
        return max(
            (
                at
                for case in cases
                if case.passed
                and case.anchor.text("SPSXBM") in deciding
                and (at := case.course.finished)
            ),
            default=None,
        )
    return now if any(case.course.running for case in cases) else None


_TELLS = set_up((1, "SX1", ""), (1, "SX2", ""), (5, "SX3", ""), limits={1: 5, 5: 0})
_FIRST = ("BJ1", "SX1", "3 03-02 09:00, 11 03-04 09:00")
_SECOND = ("BJ2", "SX2", "3 03-03 09:00")

RULE = DossierRule(
    code="LIM-005/stage_overdue",
    kind="overdue",
    subject="project",
    tables=("SPGL_XMJBXXB", "SPGL_XMSPSXBLXXB", "SPGL_XMSPSXBLXXXXB"),
    fields=("GCDM", "SPLCBM"),
    versions=("1.0", "2.0", "3.0"),
    clause="LIM-005",
    statement="阶段累计用时（首件受理至里程碑办结）超过阶段时限为阶段超期。",
    consequence="advice",
    milder="超期是办理事实，数据属实的无从改正，列入指标而不列入整改。",
    dimension="timeliness",
    owner="department",
    message="工程“{GCDM}”阶段超期：{stages}。",
    expected="各阶段自首件受理至里程碑事项（未标里程碑的，各事项）办结，不超过阶段时限",
    why="阶段时限是对企业的承诺，超过说明阶段内事项没有并联办理或者有积压。",
    fix="请核实各办件的受理、办结时间；填错的更正重报，属实的说明原因。",
    check=_check,
    good=(project(_FIRST, ("BJ2", "SX2", "3 03-03 09:00, 11 03-06 09:00"), area=_TELLS),),
    bad=(
        project(_FIRST, ("BJ2", "SX2", "3 03-03 09:00, 11 03-20 09:00"), area=_TELLS),
        project(_FIRST, _SECOND, area=_TELLS),
    ),
    beside=(project(_FIRST, area=_TELLS), project(("BJ3", "SX3", "3 03-02 09:00"), area=_TELLS)),
    boundary=(
        (project(_FIRST, ("BJ2", "SX2", "3 03-03 09:00, 11 03-09 17:00"), area=_TELLS), True),
        (project(_FIRST, ("BJ2", "SX2", "3 03-03 09:00, 11 03-10 09:00"), area=_TELLS), False),
        (project(_FIRST, _SECOND, area=_TELLS, now="2026-03-09 18:00:00"), True),
        (project(_FIRST, _SECOND, area=_TELLS, now="2026-03-10 09:00:00"), False),
    ),
)
