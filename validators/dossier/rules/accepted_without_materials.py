"""已受理的办件没有申请材料记录。"""

from validators.dossier.course import ACCEPTED
from validators.dossier.materials import MATERIALS, catalogued, collected
from validators.dossier.rule import BESIDE, Answer, DossierRule, Setting, holds
from validators.dossier.subject import Subject
from validators.dossier.told import case, set_up


def _check(subject: Subject, _: Setting) -> Answer:
    item_known = subject.link is not None
    nothing_asked = item_known and MATERIALS[0] in subject.dossier.rows and not catalogued(subject)
    if not subject.course.has(ACCEPTED) or nothing_asked:
        return BESIDE
    return holds(collected(subject))


_OTHER = {"SPSXSLBM": "BJ2", "CLMLBH": "C1"}
_LISTED = {"SPSXBM": "SX1", "SPSXBBH": "1", "CLMLBH": "C1", "CLMC": "材料1", "CLBYX": "1"}
_ASKED = set_up((1, "SX1", "9990000"), more={"SPGL_SPSXCLMLXXB": (_LISTED,)})

RULE = DossierRule(
    code="INS-014/accepted_without_materials",
    kind="completeness",
    subject="case",
    tables=("SPGL_XMSPSXBLXXB", "SPGL_XMSPSXBLXXXXB", *MATERIALS),
    fields=("SPSXSLBM",),
    clause="INS-014",
    statement="已受理的办件应有申请材料记录。",
    consequence="rectify",
    dimension="completeness",
    message="办件“{SPSXSLBM}”已受理，但没有任何申请材料记录。",
    expected="申请材料（附件）信息表中有该办件或其并联批次的记录",
    why="受理以申请材料齐全为前提；没有材料记录，无法核对收了什么。",
    fix="补报该办件收取的申请材料记录；材料随并联批次收取的，填写并联审批实例编码。",
    check=_check,
    good=(
        case("1 03-02 09:00", "3 03-02 10:00", also={MATERIALS[0]: ({"CLMLBH": "C1"},)}),
        case(
            "3 03-02 10:00",
            row={"BLSPSLBM": "B1"},
            also={MATERIALS[0]: ({"SPSXSLBM": None, "BLSPSLBM": "B1"},)},
        ),
    ),
    bad=(case("1 03-02 09:00", "3 03-02 10:00"),),
    beside=(
        case("1 03-02 09:00"),
        case("3 03-02 10:00", also={MATERIALS[0]: (_OTHER,)}, area=set_up((1, "SX1", "9990000"))),
    ),
    boundary=(
        (case("3 03-02 10:00", also={MATERIALS[0]: (_OTHER,)}), False),
        (case("3 03-02 10:00", also={MATERIALS[0]: (_OTHER,)}, area=_ASKED), False),
        (case("3 03-02 10:00", area=set_up((1, "SX1", "9990000"))), False),
    ),
)
