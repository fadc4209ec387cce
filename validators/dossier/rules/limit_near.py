"""在办件剩余的工作日不多了。"""

from validators.dossier.clock import item_days
from validators.dossier.rule import BESIDE, Answer, DossierRule, Setting, failed, until
from validators.dossier.subject import Subject
from validators.dossier.told import case


def _check(subject: Subject, setting: Setting) -> Answer:
    limit = subject.anchor.number("SXBLSX")
    used = item_days(subject.course, setting.now, setting.calendar)
    if limit is None or used is None or not subject.course.running:
        return BESIDE
    left = limit - used.days
    if left < 0 or limit <= setting.terms.warn_days:
        return BESIDE
    if left >= setting.terms.warn_days:
        return until(setting.tomorrow)
    return failed(again=setting.tomorrow, provisional=used.provisional, limit=limit, left=left)


_TEN = {"SXBLSX": "10"}

RULE = DossierRule(
    code="LIM-002/limit_near",
    kind="overdue",
    subject="case",
    tables=("SPGL_XMSPSXBLXXB", "SPGL_XMSPSXBLXXXXB"),
    fields=("SPSXSLBM", "SXBLSX"),
    clause="LIM-002",
    statement="在办件剩余工作日不足设定值时预警。",
    consequence="advice",
    dimension="timeliness",
    owner="department",
    message="办件“{SPSXSLBM}”时限{limit}个工作日，还剩{left}个，尚未办结。",
    expected="在剩余的{left}个工作日内办结",
    why="提前知道将要超期，还来得及办。",
    fix="请承办部门抓紧办理；已办结的尽快上报办结记录。",
    check=_check,
    good=(case("3 03-30 09:00", row=_TEN),),
    bad=(case("3 03-18 09:00", row=_TEN),),
    beside=(
        case("3 03-18 09:00", "11 03-20 09:00", row=_TEN),
        case("3 03-30 09:00", row={"SXBLSX": "1"}),
        case("3 03-30 09:00", row={"SXBLSX": "2"}),
        case("3 03-30 09:00", row={"SXBLSX": None}),
        case("3 03-02 09:00", row=_TEN),
    ),
    boundary=(
        (case("3 03-19 09:00", row=_TEN), True),
        (case("3 03-17 09:00", row=_TEN), False),
        (case("3 03-30 09:00", row={"SXBLSX": "3"}), True),
        (case("3 03-27 09:00", row={"SXBLSX": "3"}), False),
    ),
)
