"""总投资额为0。"""

from validators.expression import number
from validators.rule import Holds, Rule

RULE = Rule(
    code="PRJ-013/investment_zero",
    kind="range",
    tables=("SPGL_XMJBXXB",),
    fields=("ZTZE",),
    clause="PRJ-013",
    statement="总投资额应大于0。",
    severity="warning",
    dimension="accuracy",
    message="总投资额为“{ZTZE}”。",
    expected="大于0（单位：万元）",
    why="工程建设项目必有投资，0多为未填的缺省值。",
    fix="对照立项批复或备案证填写总投资额（万元）后重新推送。",
    check=Holds(number("ZTZE") > 0, when=number("ZTZE") >= 0),
    good=({"ZTZE": "0.01"}, {"ZTZE": "12000"}),
    bad=({"ZTZE": "0"}, {"ZTZE": "0.00"}),
    beside=({"ZTZE": "-1"}, {"ZTZE": None}),
    boundary=(
        ({"ZTZE": "0.000001"}, True),
        ({"ZTZE": "-0"}, False),
    ),
)
