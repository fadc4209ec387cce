"""办件用时超过事项时限。"""

from validators.dossier.clock import item_days
from validators.dossier.course import NOT_COUNTED
from validators.dossier.rule import BESIDE, PASSED, Answer, DossierRule, Setting, failed, until
from validators.dossier.subject import Subject
from validators.dossier.told import case


def _check(subject: Subject, setting: Setting) -> Answer:
    course, limit = subject.course, subject.anchor.number("SXBLSX")
    if limit is None or course.statuses & NOT_COUNTED:
        return BESIDE
    finished = course.finished
    used = item_days(course, finished or setting.now, setting.calendar)
    if used is None:
        return BESIDE
    if used.days <= limit:
        return PASSED if finished else until(setting.tomorrow)
    return failed(
        provisional=used.provisional,
        limit=limit,
        used=used.days,
        over=used.days - limit,
        now="办结时" if finished else "至今",
    )


_FIVE = {"SXBLSX": "5"}

RULE = DossierRule(
    code="LIM-001/case_overdue",
    kind="overdue",
    subject="case",
    tables=("SPGL_XMSPSXBLXXB", "SPGL_XMSPSXBLXXXXB"),
    fields=("SPSXSLBM", "SXBLSX"),
    clause="LIM-001",
    statement="自受理至办结的工作日扣除补正、特别程序用时后超过事项时限，为超期办件。",
    consequence="advice",
    milder="超期是办理事实，数据属实的无从改正，列入指标而不列入整改。",
    dimension="timeliness",
    owner="department",
    message="办件“{SPSXSLBM}”时限{limit}个工作日，扣除补正、特别程序后{now}已用{used}个，超期{over}个。",
    expected="不超过{limit}个工作日",
    why="超过承诺时限办理，申请人的权益受损，也计入超限期办理指标。",
    fix="请核实各节点时间；漏报补正、特别程序的补报，填错的更正重报，属实的说明原因。",
    check=_check,
    good=(
        case("3 03-02 09:00", "11 03-09 16:00", row=_FIVE),
        case("3 03-02 09:00", "9 03-03 09:00", "10 03-16 09:00", "11 03-20 16:00", row=_FIVE),
    ),
    bad=(case("3 03-02 09:00", "11 03-20 16:00", row=_FIVE), case("3 03-02 09:00", row=_FIVE)),
    beside=(
        case("1 03-02 09:00", row=_FIVE),
        case("3 03-02 09:00", "13 03-20 16:00", row=_FIVE),
        case("3 03-02 09:00", "2 03-20 16:00", row=_FIVE),
        case("3 03-02 09:00", "11 03-20 16:00", row={"SXBLSX": None}),
    ),
    boundary=(
        (case("3 03-02 09:00", "11 03-10 08:31", row=_FIVE), False),
        (
            case("3 03-02 09:00", "6 03-06 09:00", "7 03-09 17:00", "11 03-10 17:00", row=_FIVE),
            True,
        ),
        (case("3 03-24 09:00", row=_FIVE), True),
        (case("3 03-23 09:00", row=_FIVE), False),
    ),
)
