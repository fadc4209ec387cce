"""办结通过的办件没有批复文件信息。"""

from validators.dossier.course import PASSED
from validators.dossier.flow import item_version
from validators.dossier.rule import BESIDE, Answer, DossierRule, Setting, holds, unchecked
from validators.dossier.rule import PASSED as HOLDS
from validators.dossier.subject import Subject
from validators.dossier.told import case, set_up

_DOCUMENTS, _EXTENSION = "SPGL_XMSPSXPFWJXXB", "SPGL_SPSXKZXXB"
_NO_RESULT = "99"


def _check(subject: Subject, _: Setting) -> Answer:
    if not subject.course.has(PASSED):
        return BESIDE
    if subject.rows(_DOCUMENTS):
        return HOLDS
    named = item_version(subject.anchor)
    sorts = {
        row.text("SPJGLX")
        for row in subject.dossier.set_up.of(_EXTENSION)
        if item_version(row) == named
    }
    if not sorts:
        return unchecked("没有事项扩展信息，不知该事项是否有审批结果")
    return BESIDE if _NO_RESULT in sorts else holds(False)


def _extended(sort: str) -> dict[str, tuple[dict[str, str | None], ...]]:
    return {_EXTENSION: ({"SPSXBM": "SX1", "SPSXBBH": "1", "SPJGLX": sort},)}


_TELLS = set_up((1, "SX1", "9990000"), more=_extended("10"))

RULE = DossierRule(
    code="PRC-020/passed_without_document",
    kind="completeness",
    subject="case",
    tables=("SPGL_XMSPSXBLXXB", _DOCUMENTS, "SPGL_XMSPSXBLXXXXB"),
    fields=("SPSXSLBM",),
    clause="PRC-020",
    statement="办结（通过）（11）的办件应有批复文件信息，结果类型为无（99）的除外。",
    consequence="rectify",
    milder="缺的是另一条记录，办件记录本身无误，已经上报。",
    dimension="completeness",
    owner="department",
    message="办件“{SPSXSLBM}”已办结（通过），但没有批复文件信息。",
    expected="批复文件信息表中有该办件的记录",
    why="审批的结果是批复或证照；没有批复文件信息，办结没有依据，后续事项无从核验。",
    fix="补报该办件的批复文件信息；事项确无审批结果的，在事项扩展信息中将审批结果类型报为99。",
    check=_check,
    good=(case("11 03-05 16:00", also={_DOCUMENTS: ({"PFWH": "1号"},)}, area=_TELLS),),
    bad=(case("11 03-05 16:00", area=_TELLS),),
    beside=(
        case("13 03-05 16:00", area=_TELLS),
        case("11 03-05 16:00", area=set_up((1, "SX1", "9990000"), more=_extended("99"))),
    ),
    boundary=((case("12 03-05 16:00", "11 03-09 16:00", area=_TELLS), False),),
)
