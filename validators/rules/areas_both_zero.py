"""用地面积和建筑面积都是0。"""

from validators.expression import empty, number
from validators.rule import Holds, Rule

RULE = Rule(
    code="PRJ-014/areas_both_zero",
    kind="quality",
    tables=("SPGL_XMJBXXB",),
    fields=("YDMJ", "JZMJ"),
    clause="PRJ-014",
    statement="用地面积、建筑面积不得同时以0充数。",
    severity="warning",
    dimension="accuracy",
    message="用地面积和建筑面积都是0。",
    expected="至少一项大于0",
    why="没有用地也没有建筑的工程不存在，0多为未填的缺省值。",
    fix="对照规划条件和设计方案填写面积（平方米）后重新推送。",
    check=Holds((number("YDMJ") + number("JZMJ")).differs(0), when=empty("SFXXGC")),
    good=({"YDMJ": "0", "JZMJ": "0.01"}, {"YDMJ": "300", "JZMJ": "0"}),
    bad=({"YDMJ": "0", "JZMJ": "0.00"},),
    beside=(
        {"YDMJ": None, "JZMJ": "0"},
        {"YDMJ": "0", "JZMJ": "约300"},
        {"YDMJ": "0", "JZMJ": "0", "SFXXGC": "1"},
    ),
    boundary=(({"YDMJ": "300", "JZMJ": "300"}, True),),
)
