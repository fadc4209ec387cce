"""全部阶段已办结，项目信息没有标明完全办结。"""

from datetime import timedelta

from validators.dossier.progress import cases_of, outstanding, stages
from validators.dossier.rule import (
    BESIDE,
    PASSED,
    Answer,
    DossierRule,
    Setting,
    failed,
    unchecked,
    until,
)
from validators.dossier.subject import Subject
from validators.dossier.told import project, set_up

_YES = "1"


def _check(subject: Subject, setting: Setting) -> Answer:
    flow = subject.flow
    if flow is None:
        return unchecked("没有项目所用的流程版本")
    cases = list(subject.cases())
    asked = [stage for stage in stages(flow) if stage.links]
    done = asked and not any(outstanding(cases, stage) for stage in asked)
    ends = [
        end
        for stage in asked
        for case in cases_of(cases, stage)
        if (end := case.course.finished) is not None
    ]
    if not done or not ends or any(case.course.running for case in cases):
        return BESIDE
    if subject.anchor.text("XMSFWQBJ") == _YES:
        return PASSED
    due = setting.calendar.add(max(ends).date(), setting.terms.report_days)
    if setting.today <= due.day:
        return until(due.day + timedelta(days=1))
    return failed(provisional=due.provisional, ended=max(ends))


_ENDED = "3 03-02 09:00, 11 03-05 09:00"
_TELLS = set_up((1, "SX1", ""), (2, "SX2", ""))
_ALL = (("BJ1", "SX1", _ENDED), ("BJ2", "SX2", _ENDED))

RULE = DossierRule(
    code="PRJ-026/finished_project_not_reported",
    kind="process",
    subject="project",
    tables=("SPGL_XMJBXXB", "SPGL_XMSPSXBLXXB", "SPGL_XMSPSXBLXXXXB"),
    fields=("GCDM", "XMSFWQBJ", "XMWQBJSJ"),
    clause="PRJ-026",
    statement="全部阶段办结后应重报项目信息，标明完全办结及时间。",
    consequence="rectify",
    dimension="completeness",
    message="工程“{GCDM}”各阶段事项已于{ended}全部办结，项目信息仍未标明完全办结。",
    expected="项目是否完全办结为1，完全办结时间不早于{ended}",
    why="项目是否办结按此统计；不重报，项目会一直算作在办。",
    fix="以原数据主键更正项目信息：先报失效，再报标明完全办结及时间的新记录。",
    check=_check,
    good=(
        project(*_ALL, row={"XMSFWQBJ": "1"}, area=_TELLS),
        project(*_ALL, area=_TELLS, now="2026-03-06 09:00:00"),
    ),
    bad=(project(*_ALL, area=_TELLS),),
    beside=(
        project(_ALL[0], area=_TELLS),
        project(*_ALL, ("BJ3", "SX1", "3 03-20 09:00"), area=_TELLS),
    ),
    boundary=(
        (project(*_ALL, area=_TELLS, now="2026-03-12 23:59:59"), True),
        (project(*_ALL, area=_TELLS, now="2026-03-13 00:00:00"), False),
    ),
)
