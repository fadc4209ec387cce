"""总投资额的数量级与万元单位不符。"""

from validators.expression import number
from validators.rule import Holds, Rule

MOST = 10_000_000
"""Ten thousand yuan; above it (100 billion yuan) the unit is almost surely wrong."""


RULE = Rule(
    code="PRJ-013/investment_in_yuan",
    kind="range",
    tables=("SPGL_XMJBXXB",),
    fields=("ZTZE",),
    clause="PRJ-013",
    statement="总投资额的数量级应与万元单位相符。",
    severity="warning",
    dimension="accuracy",
    message="总投资额为“{ZTZE}”万元，超过一千亿元，疑以元为单位填报。",
    expected="以万元为单位的金额",
    why="以元填报会使投资统计放大一万倍。",
    fix="核对单位，以元填报的除以10000后重新推送；确有千亿元以上投资的，请说明情况。",
    check=Holds(number("ZTZE") <= MOST),
    good=({"ZTZE": "10000000"},),
    bad=({"ZTZE": "10000000.01"}, {"ZTZE": "120000000"}),
    beside=({"ZTZE": "一亿"}, {"ZTZE": None}),
    boundary=(
        ({"ZTZE": "10000000.00"}, True),
        ({"ZTZE": "10000000.000001"}, False),
    ),
)
