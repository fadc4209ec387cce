"""特别程序时限为0。"""

from validators.expression import number
from validators.rule import Holds, Rule

RULE = Rule(
    code="PRC-017/procedure_limit_zero",
    kind="range",
    tables=("SPGL_XMSPSXBLTBCXXXB",),
    fields=("TBCXSX",),
    clause="PRC-017",
    statement="特别程序时限应大于0。",
    severity="warning",
    dimension="accuracy",
    message="特别程序时限为“{TBCXSX}”。",
    expected="大于0的天数",
    why="特别程序期间审批停表，时限为0的特别程序没有意义，也无法核验是否超时。",
    fix="填写特别程序的承诺时限后重新推送。",
    check=Holds(number("TBCXSX") > 0, when=number("TBCXSX") >= 0),
    good=({"TBCXSX": "1"},),
    bad=({"TBCXSX": "0"},),
    beside=({"TBCXSX": "-3"}, {"TBCXSX": None}),
    boundary=(
        ({"TBCXSX": "01"}, True),
        ({"TBCXSX": "00"}, False),
    ),
)
