"""项目审批总用时超过流程类型的控制时限。"""

from validators.dossier.clock import total_days
from validators.dossier.course import Span
from validators.dossier.rule import BESIDE, PASSED, Answer, DossierRule, Setting, failed, until
from validators.dossier.services import SERVICE_STEPS, span_of_service
from validators.dossier.subject import SERVICE, Subject
from validators.dossier.told import project, set_up

_REVIEW = "SPGL_SGTSJWJSCXXB"


def _check(subject: Subject, setting: Setting) -> Answer:
    spans: list[Span] = [
        (begin, end)
        for course in (case.course for case in subject.cases())
        if (begin := course.accepted)
        and (end := course.finished or (setting.now if course.running else None))
    ]
    if not spans:
        return BESIDE
    for row in subject.rows(SERVICE):
        span = span_of_service(row, subject.dossier, setting.now)
        spans += [span] if span else []
    for row in subject.rows(_REVIEW):
        begin, end = row.time("SCKSRQ"), row.time("SCTGSJ")
        spans += [(begin, end)] if begin and end else []
    used = total_days(spans, setting.calendar)
    sort = subject.flow.sort if subject.flow else subject.anchor.text("SPLCLX")
    limit = setting.terms.control_limit(sort)
    if used.days > limit:
        return failed(provisional=used.provisional, limit=limit, used=used.days)
    return until(setting.tomorrow) if any(end == setting.now for _, end in spans) else PASSED


_TELLS = set_up((1, "SX1", ""))
_OPEN = ("BJ1", "SX1", "3 01-05 09:00")
_LONG = ("BJ1", "SX1", "3 01-05 09:00, 11 05-29 09:00")
_HALF = ("BJ1", "SX1", "3 01-05 09:00, 11 04-30 09:00")
_GC = {"XMDM": "2602-420602-04-01-000001", "ZJFWSXSLBM": "Z1"}
_TOLD_STEPS = tuple(
    {**_GC, "BLZT": status, "BLSJ": at}
    for status, at in (("1", "2026-05-06 09:00:00"), ("2", "2026-08-31 09:00:00"))
)
_SERVED = {SERVICE: (_GC,), SERVICE_STEPS: _TOLD_STEPS[:1]}

RULE = DossierRule(
    code="LIM-006/project_over_control_limit",
    kind="overdue",
    subject="project",
    tables=(
        "SPGL_XMJBXXB",
        "SPGL_XMSPSXBLXXB",
        "SPGL_XMSPSXBLXXXXB",
        SERVICE,
        SERVICE_STEPS,
        _REVIEW,
    ),
    fields=("GCDM", "SPLCLX"),
    clause="LIM-006",
    statement="项目审批总用时不得超过该流程类型的控制时限。",
    consequence="advice",
    milder="超期是办理事实，数据属实的无从改正，列入指标而不列入整改。",
    dimension="timeliness",
    owner="department",
    message="工程“{GCDM}”审批总用时{used}个工作日（含补正、特别程序、技术审查和中介服务，同时进行的不重复计），超过控制时限{limit}个。",
    expected="不超过{limit}个工作日",
    why="全流程总用时是改革的考核目标；技术审查、中介服务不得排除在外。",
    fix="请核实各办件、技术审查和中介服务的起止时间；填错的更正重报，属实的说明原因。",
    check=_check,
    good=(project(_HALF, area=_TELLS, now="2026-12-01 09:00:00"),),
    bad=(
        project(_OPEN, area=_TELLS, now="2026-12-01 09:00:00"),
        project(
            _HALF,
            also={SERVICE: (_GC,), SERVICE_STEPS: _TOLD_STEPS},
            area=_TELLS,
            now="2026-12-01 09:00:00",
        ),
    ),
    beside=(project(("BJ1", "SX1", "1 01-05 09:00"), area=_TELLS),),
    boundary=(
        (project(_OPEN, area=_TELLS, now="2026-07-02 18:00:00"), True),
        (project(_OPEN, area=_TELLS, now="2026-07-03 09:00:00"), False),
        (project(_HALF, also=_SERVED, area=_TELLS, now="2026-07-03 18:00:00"), True),
        (project(_HALF, also=_SERVED, area=_TELLS, now="2026-07-06 09:00:00"), False),
        (
            project(
                _HALF,
                also={_REVIEW: ({**_GC, "SCKSRQ": "2026-05-06", "SCTGSJ": "2026-08-31"},)},
                area=_TELLS,
                now="2026-12-01 09:00:00",
            ),
            False,
        ),
        (
            project(
                _HALF,
                also={_REVIEW: ({**_GC, "SCKSRQ": "2026-05-06", "SCTGSJ": None},)},
                area=_TELLS,
                now="2026-12-01 09:00:00",
            ),
            True,
        ),
        (project(_LONG, area=_TELLS, now="2026-12-01 09:00:00"), True),
        (
            project(
                _LONG,
                ("BJ2", "SX1", "3 01-06 09:00, 11 05-28 09:00"),
                area=_TELLS,
                now="2026-12-01 09:00:00",
            ),
            True,
        ),
    ),
)
