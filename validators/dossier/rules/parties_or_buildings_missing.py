"""须报责任主体和单体信息的办件缺少其一。"""

from validators.dossier.details import (
    COMPLETION,
    DRAWINGS,
    FIRE_ACCEPTANCE,
    FIRE_DESIGN,
    FIRE_FILING,
    PERMIT,
    group,
    stands,
)
from validators.dossier.rule import BESIDE, Answer, DossierRule, Setting, holds
from validators.dossier.subject import Subject
from validators.dossier.told import case, set_up

_ASKED = frozenset({COMPLETION, DRAWINGS, FIRE_ACCEPTANCE, FIRE_DESIGN, FIRE_FILING, PERMIT})
_NAMES = {"SPGL_ZRZTXXB": "责任主体信息", "SPGL_XMDTXXB": "项目单体信息"}


def _check(subject: Subject, _: Setting) -> Answer:
    if group(subject) not in _ASKED or not stands(subject):
        return BESIDE
    absent = [name for table, name in _NAMES.items() if not subject.rows(table)]
    return holds(not absent, names="和".join(absent), item=subject.link and subject.link.name)


_PERMIT = set_up((1, "SX1", "0120001"))
_PARTY, _BUILDING = {"SPGL_ZRZTXXB": ({"DWLX": "3"},)}, {"SPGL_XMDTXXB": ({"DTBM": "1"},)}

RULE = DossierRule(
    code="PER-004/parties_or_buildings_missing",
    kind="completeness",
    subject="case",
    tables=("SPGL_XMSPSXBLXXB", "SPGL_XMSPSXBLXXXXB", *_NAMES),
    fields=("SPSXSLBM", "SPSXBM"),
    clause="PER-004",
    statement="施工图审查、施工许可、消防设计审查、消防验收、消防备案、竣工备案的办件须有责任主体和单体信息。",
    consequence="rectify",
    milder="缺的是另外的记录，办件记录本身无误，已经上报。",
    dimension="completeness",
    message="“{item}”的办件“{SPSXSLBM}”已办结（通过），但没有{names}。",
    expected="责任主体信息表和项目单体信息表中都有该办件的记录",
    why="谁负责、建了哪些单体，是质量安全责任追溯的依据。",
    fix="补报缺少的记录，审批事项实例编码与办件一致。",
    check=_check,
    good=(case("11 03-05 16:00", also={**_PARTY, **_BUILDING}, area=_PERMIT),),
    bad=(
        case("11 03-05 16:00", also=_PARTY, area=_PERMIT),
        case("11 03-05 16:00", area=_PERMIT),
    ),
    beside=(
        case("3 03-05 16:00", area=_PERMIT),
        case("11 03-05 16:00", area=set_up((1, "SX1", "0060001"))),
    ),
    boundary=((case("12 03-05 16:00", also=_BUILDING, area=_PERMIT), False),),
)
