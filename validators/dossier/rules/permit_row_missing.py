"""办结通过的标准事项没有对应的业务信息表记录。"""

from validators.dossier.details import DETAILS, details, group, stands
from validators.dossier.rule import BESIDE, Answer, DossierRule, Setting, holds
from validators.dossier.subject import Subject
from validators.dossier.told import case, set_up


def _check(subject: Subject, _: Setting) -> Answer:
    kind = group(subject)
    if kind not in DETAILS or not stands(subject):
        return BESIDE
    item = subject.link
    return holds(details(subject), item=item and item.name, table=DETAILS[kind])


_PERMIT = set_up((1, "SX1", "0120001"))
_DRAWINGS = set_up((1, "SX1", "0090001"))

RULE = DossierRule(
    code="PER-003/permit_row_missing",
    kind="completeness",
    subject="case",
    tables=("SPGL_XMSPSXBLXXB", "SPGL_XMSPSXBLXXXXB", *DETAILS.values()),
    fields=("SPSXSLBM", "SPSXBM"),
    clause="PER-003",
    statement="用地规划、工程规划、施工图审查、施工许可、消防设计审查、消防验收、消防备案、竣工备案的办结办件，须有对应的业务信息表记录。",
    consequence="rectify",
    milder="缺的是另一条记录，办件记录本身无误，已经上报。",
    dimension="completeness",
    message="“{item}”的办件“{SPSXSLBM}”已办结（通过），但业务信息表{table}中没有它的记录。",
    expected="{table}中有该办件的记录",
    why="许可、备案的内容在业务信息表中；缺了它，上级只知道办结，不知道批了什么。",
    fix="补报相应业务信息表的记录，审批事项实例编码与办件一致；施工图审查按审批事项编码对应。",
    check=_check,
    good=(
        case("11 03-05 16:00", also={"SPGL_JZGCSGXKXXB": ({},)}, area=_PERMIT),
        case("11 03-05 16:00", also={"SPGL_SGTSJWJSCXXB": ({"SPSXBM": "SX1"},)}, area=_DRAWINGS),
    ),
    bad=(case("11 03-05 16:00", area=_PERMIT),),
    beside=(
        case("13 03-05 16:00", area=_PERMIT),
        case("11 03-05 16:00", "15 03-09 16:00", area=_PERMIT),
        case("11 03-05 16:00", area=set_up((1, "SX1", "9990000"))),
    ),
    boundary=(
        (
            case("11 03-05 16:00", also={"SPGL_JZGCSGXKXXB": ({"SPSXSLBM": "X"},)}, area=_PERMIT),
            False,
        ),
        (case("12 03-05 16:00", also={"SPGL_JZGCSGXKXXB": ({},)}, area=_PERMIT), True),
    ),
)
