"""事项版本没有扩展信息。"""

from validators.dossier.flow import item_version
from validators.dossier.rule import Answer, DossierRule, Setting, Told, holds
from validators.dossier.subject import ITEM, Subject

_EXTENSION = "SPGL_SPSXKZXXB"


def _check(subject: Subject, _: Setting) -> Answer:
    named = item_version(subject.anchor)
    return holds(any(item_version(row) == named for row in subject.rows(_EXTENSION)))


_ROW = {"XZQHDM": "420602", "SPSXBM": "SX1", "SPSXBBH": "1"}

RULE = DossierRule(
    code="FLW-032/item_without_extension",
    kind="completeness",
    subject="item",
    tables=(ITEM, _EXTENSION),
    fields=("SPSXBM", "SPSXBBH"),
    clause="FLW-032",
    statement="每个事项版本应同时有扩展信息，需收材料的应有材料目录。",
    consequence="rectify",
    dimension="completeness",
    message="事项“{SPSXMC}”（版本{SPSXBBH}）没有审批事项扩展信息。",
    expected="审批事项扩展信息表中有同一编码、同一版本的记录",
    why="审批结果类型、是否告知承诺、是否专家评审等都在扩展信息中，缺了无从核对办件。",
    fix="补报该事项版本的扩展信息。",
    check=_check,
    good=(Told({ITEM: (_ROW,), _EXTENSION: (_ROW,)}),),
    bad=(Told({ITEM: (_ROW,)}), Told({ITEM: (_ROW,), _EXTENSION: ({**_ROW, "SPSXBBH": "2"},)})),
    beside=(Told({_EXTENSION: (_ROW,)}),),
    boundary=((Told({ITEM: (_ROW,), _EXTENSION: ({**_ROW, "SPSXBBH": "1.0"},)}), True),),
)
