"""事项目录标为必要的材料没有收取。"""

from validators.dossier.course import ACCEPTED, DEFICIENT
from validators.dossier.materials import MATERIALS, REQUIRED, catalogued, collected, missing
from validators.dossier.rule import BESIDE, Answer, DossierRule, Setting, holds
from validators.dossier.subject import Subject
from validators.dossier.told import case, set_up


def _check(subject: Subject, _: Setting) -> Answer:
    course = subject.course
    judged = course.has(ACCEPTED) and not course.has(DEFICIENT)
    if not judged or not catalogued(subject) or not collected(subject):
        return BESIDE
    absent = missing(subject, REQUIRED)
    return holds(not absent, count=len(absent), names="、".join(absent))


_TABLE, _CATALOGUE = MATERIALS[0], "SPGL_SPSXCLMLXXB"
_ROWS = tuple(
    {"SPSXBM": "SX1", "SPSXBBH": "1", "CLMLBH": f"C{n}", "CLMC": f"材料{n}", "CLBYX": need}
    for n, need in (("1", "1"), ("2", "2"), ("3", "3"))
)
_TELLS = set_up((1, "SX1", "9990000"), more={_CATALOGUE: _ROWS})
_OTHER = ({"CLMLBH": "C2"},)

RULE = DossierRule(
    code="PRC-030/required_material_missing",
    kind="completeness",
    subject="case",
    tables=("SPGL_XMSPSXBLXXB", "SPGL_XMSPSXBLXXXXB", *MATERIALS),
    fields=("SPSXSLBM", "SPSXBM"),
    clause="PRC-030",
    statement="标为必要的材料应全部收取，容缺后补的除外。",
    consequence="rectify",
    dimension="completeness",
    message="办件“{SPSXSLBM}”已受理，事项目录标为必要的材料缺{count}份：{names}。",
    expected="申请材料信息表中有这些材料的记录：{names}",
    why="必要材料没有收齐即受理，或者收了没有报，都会使办件的依据不全。",
    fix="补报已收取的材料记录；按容缺受理的，办理状态应为容缺通过（12）；目录有误的先更正目录。",
    check=_check,
    good=(case("3 03-02 10:00", also={_TABLE: ({"CLMLBH": "C1"},)}, area=_TELLS),),
    bad=(case("3 03-02 10:00", also={_TABLE: _OTHER}, area=_TELLS),),
    beside=(
        case("1 03-02 10:00", also={_TABLE: _OTHER}, area=_TELLS),
        case("3 03-02 10:00", "12 03-05 10:00", also={_TABLE: _OTHER}, area=_TELLS),
        case("3 03-02 10:00", also={_TABLE: _OTHER}),
    ),
    boundary=((case("3 03-02 10:00", also={_TABLE: ({"CLMLBH": "C1 "},)}, area=_TELLS), True),),
)
