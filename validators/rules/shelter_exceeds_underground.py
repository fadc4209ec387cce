"""人防面积大于地下建筑面积。"""

from validators.expression import number
from validators.rule import Holds, Rule

RULE = Rule(
    code="PER-011/shelter_exceeds_underground",
    kind="cross_field",
    tables=("SPGL_JZGCSGXKXXB", "SPGL_JSGCJGYSBAXXB"),
    fields=("RFMJ", "DXJZMJ"),
    clause="PER-011",
    statement="人防面积不大于地下建筑面积。",
    severity="warning",
    dimension="consistency",
    message="人防面积“{RFMJ}”大于地下建筑面积“{DXJZMJ}”。",
    expected="不大于{DXJZMJ}",
    why="人防工程建在地下，是地下建筑面积的一部分。",
    fix="核对人防面积和地下建筑面积（平方米），更正后重新推送。",
    check=Holds(number("RFMJ") <= number("DXJZMJ")),
    good=({"RFMJ": "20", "DXJZMJ": "20"},),
    bad=({"RFMJ": "20.01", "DXJZMJ": "20"},),
    beside=({"RFMJ": None, "DXJZMJ": "20"},),
    boundary=(
        ({"RFMJ": "0.00", "DXJZMJ": "0"}, True),
        ({"RFMJ": "0.01", "DXJZMJ": "0"}, False),
    ),
)
