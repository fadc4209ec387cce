"""特别程序开始时没有写明理由。"""

from validators.expression import code, filled
from validators.rule import Holds, Rule

RULE = Rule(
    code="PRC-032/paused_without_reason",
    kind="quality",
    tables=("SPGL_XMSPSXBLXXXXB",),
    fields=("BLYJ",),
    clause="PRC-032",
    statement="挂起（特别程序）应有理由。",
    severity="warning",
    dimension="completeness",
    owner="department",
    message="办理状态为“{BLZT}”（特别程序开始），办理意见为空。",
    expected="转入特别程序的理由",
    why="特别程序期间审批停表，没有理由的停表会掩盖超期。",
    fix="补填转入特别程序的理由后重新推送。",
    check=Holds(filled("BLYJ"), when=code("BLZT").is_in("9")),
    good=({"BLZT": "9", "BLYJ": "组织专家评审"},),
    bad=({"BLZT": "9", "BLYJ": None},),
    beside=({"BLZT": "8", "BLYJ": None}, {"BLZT": "6", "BLYJ": None}),
)
