"""项目标明完成区域评估，所用的评估单元或事项没有上报。"""

from validators.dossier.rule import BESIDE, Answer, DossierRule, Setting, holds
from validators.dossier.subject import Subject
from validators.dossier.told import project

_UNITS, _ITEMS = "SPGL_QYPGXXB", "SPGL_QYPGSXXXB"
_YES = "1"


def _check(subject: Subject, _: Setting) -> Answer:
    if subject.anchor.text("SFWCQYPG") != _YES:
        return BESIDE
    units = {row.text("QYPGDYBM") for row in subject.dossier.set_up.of(_UNITS)}
    described = units & {row.text("QYPGDYBM") for row in subject.dossier.set_up.of(_ITEMS)}
    used = {code for one in subject.cases() if (code := one.anchor.text("QYPGDYBM"))}
    if not used:
        return holds(described, what="本地区没有任何区域评估单元及其事项的记录")
    absent = sorted(used - described)
    return holds(not absent, what=f"下列评估单元没有单元信息或事项信息：{'、'.join(absent)}")


_DONE = {"SFWCQYPG": "1"}
_REPORTED = {_UNITS: ({"QYPGDYBM": "QY1"},), _ITEMS: ({"QYPGDYBM": "QY1"},)}

RULE = DossierRule(
    code="PRJ-017/assessment_not_reported",
    kind="completeness",
    subject="project",
    tables=("SPGL_XMJBXXB",),
    fields=("GCDM", "SFWCQYPG"),
    clause="PRJ-017",
    statement="完成区域评估的项目，所用区域评估单元和事项应已上报。",
    consequence="rectify",
    dimension="completeness",
    message="项目“{XMMC}”标明完成区域评估，但{what}。",
    expected="区域评估信息表和区域评估事项信息表中有所用单元的记录",
    why="区域评估成果可以简化审批；没有评估信息，简化就没有依据。",
    fix="补报所用的区域评估单元及其事项；没有完成区域评估的，更正项目信息后重报。",
    check=_check,
    good=(project(row=_DONE, area=_REPORTED),),
    bad=(project(row=_DONE), project(row=_DONE, area={_UNITS: ({"QYPGDYBM": "QY1"},)})),
    beside=(project(row={"SFWCQYPG": "0"}),),
    boundary=(
        (
            project(
                row=_DONE,
                also={"SPGL_XMSPSXBLXXB": ({"SPSXSLBM": "BJ1", "QYPGDYBM": "QY2"},)},
                area=_REPORTED,
            ),
            False,
        ),
    ),
)
