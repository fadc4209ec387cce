"""事项版本没有材料目录。"""

from validators.dossier.flow import item_version
from validators.dossier.rule import Answer, DossierRule, Setting, Told, holds
from validators.dossier.subject import ITEM, Subject

_CATALOGUE = "SPGL_SPSXCLMLXXB"


def _check(subject: Subject, _: Setting) -> Answer:
    named = item_version(subject.anchor)
    return holds(any(item_version(row) == named for row in subject.rows(_CATALOGUE)))


_ROW = {"XZQHDM": "420602", "SPSXBM": "SX1", "SPSXBBH": "1"}

RULE = DossierRule(
    code="FLW-032/item_without_catalogue",
    kind="completeness",
    subject="item",
    tables=(ITEM, _CATALOGUE),
    fields=("SPSXBM", "SPSXBBH"),
    clause="FLW-032",
    statement="每个事项版本应同时有扩展信息，需收材料的应有材料目录。",
    consequence="advice",
    milder="确实不收任何材料的事项，凭数据不能识别。",
    dimension="completeness",
    message="事项“{SPSXMC}”（版本{SPSXBBH}）没有材料目录。",
    expected="材料目录信息表中有同一编码、同一版本的记录",
    why="没有目录，办件收了哪些材料、缺了哪些材料就无从核对。",
    fix="请核实；需收材料的补报材料目录，不收材料的无须处理。",
    check=_check,
    good=(Told({ITEM: (_ROW,), _CATALOGUE: (_ROW,)}),),
    bad=(Told({ITEM: (_ROW,)}),),
    beside=(Told({_CATALOGUE: (_ROW,)}),),
    boundary=((Told({ITEM: (_ROW,), _CATALOGUE: ({**_ROW, "SPSXBBH": "2"},)}), False),),
)
