"""审批结果为补正，没有材料补正清单。"""

from validators.dossier.course import CORRECTING
from validators.dossier.rule import BESIDE, Answer, DossierRule, Setting, Told, holds
from validators.dossier.subject import APPROVAL, Subject
from validators.dossier.told import only

_LIST = "SPGL_XMCLBZQDXXB"


def _check(subject: Subject, _: Setting) -> Answer:
    if subject.anchor.text("SPJG") != CORRECTING:
        return BESIDE
    return holds(subject.rows(_LIST))


_PROCESS = {"ID": "P1", "LSH": "1", "SPJG": "6"}

RULE = DossierRule(
    code="FIR-003/correction_without_list",
    kind="completeness",
    subject="approval",
    tables=(APPROVAL, _LIST),
    fields=("ID", "SPJG"),
    clause="FIR-003",
    statement="审批结果为补正（6）时应有材料补正清单。",
    consequence="rectify",
    dimension="completeness",
    message="审批过程“{ID}”的审批结果为补正（6），但没有材料补正清单。",
    expected="材料补正清单信息表中有流水号相同的记录",
    why="需要补正的应当一次性告知补什么；没有清单，申请人无从补起。",
    fix="补报材料补正清单，流水号与审批过程一致。",
    check=_check,
    good=(Told({APPROVAL: (_PROCESS,), _LIST: ({"ID": "Q1", "LSH": "1"},)}),),
    bad=(only(APPROVAL, _PROCESS),),
    beside=(only(APPROVAL, {**_PROCESS, "SPJG": "11"}),),
    boundary=((only(APPROVAL, {**_PROCESS, "SPJG": " 6"}), False),),
)
