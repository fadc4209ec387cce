"""阶段累计用时超过阶段时限。"""

from datetime import datetime

from validators.dossier.flow import Stage
from validators.dossier.progress import cases_of, outstanding, stages
from validators.dossier.rule import BESIDE, Answer, DossierRule, Setting, failed
from validators.dossier.subject import Subject
from validators.dossier.told import project, set_up


def _check(subject: Subject, setting: Setting) -> Answer:
    flow = subject.flow
    limited = [stage for stage in stages(flow) if stage.limit] if flow else []
    cases = list(subject.cases())
    told, running, provisional, counted = [], False, False, False
    for stage in limited:
        own = cases_of(cases, stage)
        starts = [at for case in own if (at := case.course.accepted)]
        end = _end(own, stage, setting.now)
        if not starts or end is None:
            continue
        counted = True
        used = setting.calendar.between(min(starts).date(), end.date())
        running |= end == setting.now
        if used.days > stage.limit:
            told.append(f"{stage.name}时限{stage.limit}个工作日，已用{used.days}个")
            provisional |= used.provisional
    again = setting.tomorrow if running else None
    if told:
        return failed(again=again, provisional=provisional, stages="；".join(told))
    return Answer("pass", again=again) if counted else BESIDE


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
        project(_FIRST, ("BJ2", "SX2", "3 03-03 09:00"), area=_TELLS),
    ),
    beside=(project(_FIRST, area=_TELLS), project(("BJ3", "SX3", "3 03-02 09:00"), area=_TELLS)),
    boundary=(
        (project(_FIRST, ("BJ2", "SX2", "3 03-03 09:00, 11 03-09 17:00"), area=_TELLS), True),
        (project(_FIRST, ("BJ2", "SX2", "3 03-03 09:00, 11 03-10 09:00"), area=_TELLS), False),
    ),
)
