"""许可或备案的地上、地下面积之和与总建筑面积不符。"""

from decimal import Decimal

from validators.expression import number
from validators.rule import Holds, Rule

TOLERANCE = Decimal("0.01")


def _close(total: Decimal, parts: Decimal) -> bool:
    return abs(total - parts) <= TOLERANCE * max(abs(total), abs(parts))


RULE = Rule(
    code="PER-011/permit_areas_do_not_add_up",
    kind="cross_field",
    tables=("SPGL_JZGCSGXKXXB", "SPGL_JSGCJGYSBAXXB"),
    fields=("ZJZMJ", "DSJZMJ", "DXJZMJ"),
    clause="PER-011",
    statement="总建筑面积应等于地上与地下面积之和（允许1%的误差）。",
    severity="warning",
    dimension="consistency",
    message="总建筑面积“{ZJZMJ}”不等于地上“{DSJZMJ}”与地下“{DXJZMJ}”之和。",
    expected=number("DSJZMJ") + number("DXJZMJ"),
    why="分项与合计不符，说明其中一项填错，面积统计不可用。",
    fix="对照规划许可或测绘成果核对三项面积（平方米），更正后重新推送。",
    check=Holds(number("ZJZMJ").through("close to", _close, number("DSJZMJ") + number("DXJZMJ"))),
    good=(
        {"ZJZMJ": "100", "DSJZMJ": "80", "DXJZMJ": "20"},
        {"ZJZMJ": "100", "DSJZMJ": "80", "DXJZMJ": "19"},
    ),
    bad=({"ZJZMJ": "100", "DSJZMJ": "80", "DXJZMJ": "18.9"},),
    beside=({"ZJZMJ": "100", "DSJZMJ": "80", "DXJZMJ": None},),
    boundary=(
        ({"ZJZMJ": "99", "DSJZMJ": "80", "DXJZMJ": "20"}, True),
        ({"ZJZMJ": "98.99", "DSJZMJ": "80", "DXJZMJ": "20"}, False),
        ({"ZJZMJ": "0", "DSJZMJ": "0", "DXJZMJ": "0"}, True),
        ({"ZJZMJ": "0.01", "DSJZMJ": "0", "DXJZMJ": "0"}, False),
    ),
)
