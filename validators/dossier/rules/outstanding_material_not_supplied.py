"""容缺通过的办件逾期没有补齐材料。"""

from datetime import timedelta

from validators.dossier.course import DEFICIENT, REVOKED
from validators.dossier.materials import MATERIALS, REQUIRED, catalogued, missing
from validators.dossier.rule import (
    BESIDE,
    PASSED,
    Answer,
    DossierRule,
    Setting,
    failed,
    unchecked,
    until,
)
from validators.dossier.subject import Subject
from validators.dossier.told import case, set_up


def _check(subject: Subject, setting: Setting) -> Answer:
    passed = subject.course.first(DEFICIENT)
    if passed is None or subject.course.has(REVOKED):
        return BESIDE
    if not catalogued(subject):
        return unchecked("没有事项材料目录，不知应补哪些材料")
    absent = missing(subject, REQUIRED)
    if not absent:
        return PASSED
    due = setting.calendar.add(passed.date(), setting.terms.supplement_days)
    if setting.today <= due.day:
        return until(due.day + timedelta(days=1))
    return failed(
        provisional=due.provisional,
        passed=passed,
        days=setting.terms.supplement_days,
        names="、".join(absent),
    )


_TABLE = MATERIALS[0]
_ROW = {"SPSXBM": "SX1", "SPSXBBH": "1", "CLMLBH": "C1", "CLMC": "材料1", "CLBYX": "1"}
_TELLS = set_up((1, "SX1", "9990000"), more={"SPGL_SPSXCLMLXXB": (_ROW,)})

RULE = DossierRule(
    code="PRC-031/outstanding_material_not_supplied",
    kind="completeness",
    subject="case",
    tables=("SPGL_XMSPSXBLXXB", "SPGL_XMSPSXBLXXXXB", *MATERIALS),
    fields=("SPSXSLBM",),
    clause="PRC-031",
    statement="容缺通过（12）的办件应在期限内补齐材料并有后续记录。",
    consequence="advice",
    dimension="completeness",
    owner="department",
    message="办件“{SPSXSLBM}”于{passed}容缺通过，已过{days}个工作日，必要材料仍未补齐：{names}。",
    expected="补齐并上报：{names}",
    why="容缺是先办后补；逾期不补，审批的前提就没有了。",
    fix="请核实材料是否已补；已补的上报材料记录，未补的督促申请人。期限由政策包规定，默认值未见于公开文件。",
    check=_check,
    good=(
        case("12 01-05 10:00", also={_TABLE: ({"CLMLBH": "C1"},)}, area=_TELLS),
        case("12 03-25 10:00", area=_TELLS),
    ),
    bad=(case("12 01-05 10:00", area=_TELLS),),
    beside=(case("11 01-05 10:00", area=_TELLS),),
    boundary=(
        (case("12 03-02 10:00", area=_TELLS, now="2026-03-30 18:00:00"), True),
        (case("12 03-02 10:00", area=_TELLS, now="2026-03-31 00:00:00"), False),
    ),
)
