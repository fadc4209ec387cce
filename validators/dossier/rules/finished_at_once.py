"""承诺件受理后很快办结，疑为“秒办”。"""

from datetime import timedelta

from validators.dossier.course import DEFICIENT, PASSED
from validators.dossier.rule import BESIDE, Answer, DossierRule, Setting, holds
from validators.dossier.subject import Subject
from validators.dossier.told import case, set_up

_PROMISED = "2"


def _check(subject: Subject, setting: Setting) -> Answer:
    course, link = subject.course, subject.link
    accepted, finished = course.accepted, course.first(PASSED, DEFICIENT)
    if link is None or link.handling != _PROMISED or accepted is None or finished is None:
        return BESIDE
    took = finished - accepted
    least = timedelta(hours=setting.terms.instant_hours)
    return holds(
        took >= least,
        minutes=max(0, took // timedelta(minutes=1)),
        hours=setting.terms.instant_hours,
    )


_TELLS = set_up((1, "SX1", "9990000"))

RULE = DossierRule(
    code="LIM-003/finished_at_once",
    kind="quality",
    subject="case",
    tables=("SPGL_XMSPSXBLXXB", "SPGL_XMSPSXBLXXXXB"),
    fields=("SPSXSLBM",),
    clause="LIM-003",
    statement="承诺件受理到办结时间过短（少于设定小时数）判为“秒办”。",
    consequence="advice",
    milder="也可能确实办得快；这里只是询问，由报送单位说明。",
    dimension="accuracy",
    owner="department",
    message="承诺件“{SPSXSLBM}”受理后{minutes}分钟即办结（通过），是否为事后补录？",
    expected="承诺件从受理到办结一般不少于{hours}小时",
    why="受理和办结几乎同时，多半是线下办完后补录，时限统计因此失真。",
    fix="请说明情况；补录的按实际办理时间更正各节点，确实当场办结的无须处理。",
    check=_check,
    good=(case("3 03-02 09:00", "11 03-03 09:00", area=_TELLS),),
    bad=(case("3 03-02 09:00", "11 03-02 09:05", area=_TELLS),),
    beside=(
        case("3 03-02 09:00", area=_TELLS),
        case("3 03-02 09:00", "11 03-02 09:05"),
        case("3 03-02 09:00", "13 03-02 09:05", area=_TELLS),
    ),
    boundary=(
        (case("3 03-02 09:00", "11 03-02 10:00", area=_TELLS), True),
        (case("3 03-02 09:00", "12 03-02 09:59", area=_TELLS), False),
    ),
)
