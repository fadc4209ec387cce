"""特别程序没有理由：既无办理意见，也无特别程序信息。"""

from validators.case_steps import SPECIAL
from validators.expression import code
from validators.neighbours import Against, Found, Later, Link, Reply, Seen
from validators.rule import Compares, Rule, Scene
from validators.scenes import step

_PROCEDURES = "SPGL_XMSPSXBLTBCXXXB"
_NAMED = Link("procedures", (_PROCEDURES,), ("GCDM", "SPSXSLBM"), ("GCDM", "SPSXSLBM"))


def _explained(row: Seen, found: Found) -> Reply:
    if row.text("BLYJ") or found.all(_NAMED.name):
        return True
    if row.overdue:
        return Against("")
    return Later("特别程序信息尚未收到，收到后再核对")


_ROW = step("9", "03 09:00") | {"BLYJ": None}
_OF_CASE = {name: _ROW[name] for name in ("GCDM", "SPSXSLBM")}
_TOLD = ((_PROCEDURES, _OF_CASE | {"DFSJZJ": "T1"}),)

RULE = Rule(
    code="PRC-032/paused_without_reason",
    kind="quality",
    tables=("SPGL_XMSPSXBLXXXXB",),
    fields=("BLZT", "BLYJ"),
    clause="PRC-032",
    statement="特别程序开始（9）应有理由：办理意见，或该办件的特别程序信息。补正的理由见 INS-022。",
    severity="warning",
    dimension="completeness",
    message="特别程序开始（9）的记录没有办理意见，该办件也没有特别程序信息。",
    expected="办理意见，或特别程序信息表中的记录",
    why="特别程序的时间不计入办件用时；没有理由的挂起，视为规避超期。",
    fix="补推该办件的特别程序信息；属误报的，作废本记录。",
    check=Compares((_NAMED,), _explained, when=code("BLZT").equals(SPECIAL)),
    good=(
        Scene(_ROW, _TOLD, overdue=True),
        Scene(_ROW | {"BLYJ": "需要专家评审"}, overdue=True),
    ),
    bad=(Scene(_ROW, overdue=True),),
    beside=(
        Scene(_ROW | {"BLZT": "6"}, overdue=True),
        Scene(_ROW | {"SPSXSLBM": None}, overdue=True),
    ),
    open=(Scene(_ROW),),
    boundary=(
        (Scene(_ROW, _TOLD), True),
        (Scene(_ROW | {"BLYJ": " "}, overdue=True), False),
        (
            Scene(
                _ROW,
                ((_PROCEDURES, _OF_CASE | {"SPSXSLBM": "BJ-2", "DFSJZJ": "T1"}),),
                overdue=True,
            ),
            False,
        ),
    ),
)
