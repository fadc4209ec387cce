"""办件只报了结果，没有报受理、特别程序等中间节点。"""

from validators.dossier.course import ACCEPTED, SPECIAL
from validators.dossier.rule import BESIDE, Answer, DossierRule, Setting, holds
from validators.dossier.subject import Subject
from validators.dossier.told import case

_PROCEDURES = "SPGL_XMSPSXBLTBCXXXB"


def _check(subject: Subject, _: Setting) -> Answer:
    if not subject.passed:
        return BESIDE
    absent = []
    if not subject.course.has(ACCEPTED):
        absent.append("受理（3）")
    if subject.rows(_PROCEDURES) and not subject.course.has(SPECIAL):
        absent.append("特别程序开始（9）")
    return holds(not absent, names="、".join(absent))


RULE = DossierRule(
    code="CMP-004/only_the_result_reported",
    kind="completeness",
    subject="case",
    tables=("SPGL_XMSPSXBLXXB", "SPGL_XMSPSXBLXXXXB", _PROCEDURES),
    fields=("SPSXSLBM",),
    clause="CMP-004",
    statement="受理、补正、特别环节、办结各节点均应上报，不得只报结果。",
    consequence="rectify",
    dimension="completeness",
    message="办件“{SPSXSLBM}”已办结，但没有上报{names}的办理记录。",
    expected="办理详细信息表中有{names}的记录",
    why="只报结果不报过程，时限无从计算，也看不出是否体外办理。",
    fix="补报缺少的办理记录，办理时间如实填写。",
    check=_check,
    good=(case("1 03-02 09:00", "3 03-02 10:00", "8 03-02 11:00", "11 03-05 16:00"),),
    bad=(
        case("1 03-02 09:00", "11 03-05 16:00"),
        case("3 03-02 10:00", "11 03-05 16:00", also={_PROCEDURES: ({"TBCX": "2"},)}),
    ),
    beside=(case("1 03-02 09:00", "3 03-02 10:00"), case("1 03-02 09:00", "4 03-02 10:00")),
    boundary=((case("3 03-02 10:00", "12 03-02 10:00"), True),),
)
