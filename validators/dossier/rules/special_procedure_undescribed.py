"""特别程序开始的步骤没有对应的特别程序信息。"""

from validators.dossier.course import SPECIAL
from validators.dossier.rule import BESIDE, Answer, DossierRule, Setting, holds
from validators.dossier.subject import Subject
from validators.dossier.told import case

_PROCEDURES = "SPGL_XMSPSXBLTBCXXXB"


def _check(subject: Subject, _: Setting) -> Answer:
    begun = [step.at for step in subject.course.steps if step.status == SPECIAL]
    if not begun:
        return BESIDE
    described = {row.time("TBCXKSSJ") for row in subject.rows(_PROCEDURES)}
    missing = [f"{at}" for at in begun if at not in described]
    return holds(not missing, times="、".join(missing))


RULE = DossierRule(
    code="PRC-014/special_procedure_undescribed",
    kind="completeness",
    subject="case",
    tables=("SPGL_XMSPSXBLXXB", _PROCEDURES, "SPGL_XMSPSXBLXXXXB"),
    fields=("SPSXSLBM",),
    clause="PRC-014",
    statement="每个特别程序开始（9）应有特别程序信息，开始时间一致。",
    consequence="rectify",
    milder="缺的是另一条记录，办件记录本身无误，已经上报。",
    dimension="completeness",
    message="办件“{SPSXSLBM}”于{times}开始的特别程序，没有开始时间一致的特别程序信息。",
    expected="特别程序信息表中特别程序开始时间为{times}的记录",
    why="暂停计时须说明是什么程序、限多少日，否则扣除的时间没有依据。",
    fix="补报特别程序信息，开始时间与办理状态9的办理时间一致；时间填错的更正后重报。",
    check=_check,
    good=(case("9 03-03 09:00", also={_PROCEDURES: ({"TBCXKSSJ": "2026-03-03 09:00:00"},)}),),
    bad=(case("9 03-03 09:00"),),
    beside=(case("3 03-03 09:00"),),
    boundary=(
        (case("9 03-03 09:00", also={_PROCEDURES: ({"TBCXKSSJ": "2026-03-03 09:00:01"},)}), False),
        (
            case(
                "9 03-03 09:00",
                "10 03-04 09:00",
                "9 03-05 09:00",
                also={_PROCEDURES: ({"TBCXKSSJ": "2026-03-03 09:00:00"},)},
            ),
            False,
        ),
    ),
)
