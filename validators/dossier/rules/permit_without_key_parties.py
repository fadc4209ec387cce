"""施工许可没有报齐勘察、设计、施工、监理单位。"""

from validators.dossier.details import PERMIT, group, stands
from validators.dossier.rule import BESIDE, Answer, DossierRule, Setting, holds
from validators.dossier.subject import Subject
from validators.dossier.told import case, set_up

_PARTIES = "SPGL_ZRZTXXB"
_KEY = {"1": "勘察单位", "2": "设计单位", "3": "施工单位", "4": "监理单位"}
_GENERAL = "5"
_COVERED_BY_GENERAL = {"2", "3"}


def _check(subject: Subject, _: Setting) -> Answer:
    told = {row.text("DWLX") for row in subject.rows(_PARTIES)}
    if group(subject) != PERMIT or not stands(subject) or not told:
        return BESIDE
    if _GENERAL in told:
        told |= _COVERED_BY_GENERAL
    absent = [name for code, name in _KEY.items() if code not in told]
    return holds(not absent, names="、".join(absent))


def _told(*codes: str) -> dict[str, tuple[dict[str, str | None], ...]]:
    return {_PARTIES: tuple({"DWLX": code} for code in codes)}


_PERMIT = set_up((1, "SX1", "0120001"))

RULE = DossierRule(
    code="PER-008/permit_without_key_parties",
    kind="completeness",
    subject="case",
    tables=("SPGL_XMSPSXBLXXB", "SPGL_XMSPSXBLXXXXB", _PARTIES),
    fields=("SPSXSLBM",),
    clause="PER-008",
    statement="施工许可办件至少有勘察、设计、施工、监理单位（依法可不设的除外）。",
    consequence="advice",
    milder="依法可以不设监理等单位的工程，凭数据不能识别。",
    dimension="completeness",
    message="施工许可办件“{SPSXSLBM}”的责任主体中没有{names}。",
    expected="勘察、设计、施工、监理单位各至少一家；工程总承包单位可代设计、施工单位",
    why="四方责任主体不全，质量安全责任无法落实到单位。",
    fix="请核实；遗漏的补报责任主体信息，依法可不设的无须处理。",
    check=_check,
    good=(case("11 03-05 16:00", also=_told("1", "2", "3", "4"), area=_PERMIT),),
    bad=(case("11 03-05 16:00", also=_told("2", "3"), area=_PERMIT),),
    beside=(
        case("11 03-05 16:00", area=_PERMIT),
        case("3 03-05 16:00", also=_told("3"), area=_PERMIT),
    ),
    boundary=((case("11 03-05 16:00", also=_told("1", "4", "5"), area=_PERMIT), True),),
)
