"""办件没有接件记录。"""

from validators.dossier.course import RECEIVED
from validators.dossier.rule import Answer, DossierRule, Setting, holds
from validators.dossier.subject import Subject
from validators.dossier.told import case, project


def _check(subject: Subject, _: Setting) -> Answer:
    return holds(subject.course.has(RECEIVED))


RULE = DossierRule(
    code="INS-013/case_without_receipt",
    kind="completeness",
    subject="case",
    tables=("SPGL_XMSPSXBLXXB", "SPGL_XMSPSXBLXXXXB"),
    fields=("SPSXSLBM",),
    clause="INS-013",
    statement="每个办件至少有一条有效的接件（1）办理记录。",
    consequence="rectify",
    milder="缺的是另一条记录，办件记录本身无误，已经上报。",
    dimension="completeness",
    message="办件“{SPSXSLBM}”没有接件（1）办理记录。",
    expected="办理详细信息表中有办理状态为1（接件）的记录",
    why="没有接件记录，办件从何时开始就无从计算，后续各步骤也没有起点。",
    fix="补报该办件的接件（1）办理记录，办件记录不必重报。",
    check=_check,
    good=(case("1 03-02 09:00", "3 03-02 10:00"),),
    bad=(case("3 03-02 10:00", "11 03-05 10:00"), case()),
    beside=(project(),),
    boundary=((case("1 03-02 09:00"), True),),
)
