"""并行推进阶段填写了时限。"""

from validators.expression import code, number
from validators.rule import Holds, Rule

RULE = Rule(
    code="FLW-014/parallel_stage_with_limit",
    kind="completeness",
    tables=("SPGL_SPJDXXB", "SPGL_DFXMSPLCJDXXB"),
    fields=("SPJDSX",),
    clause="FLW-014",
    statement="并行推进阶段（序号5）的时限应为0。",
    severity="warning",
    dimension="consistency",
    message="并行推进阶段的时限为“{SPJDSX}”，应为0。",
    expected="0",
    why="并行推进阶段是虚拟阶段，不单独计时；填写时限会重复计算总时限。",
    fix="将该阶段时限改为0，以新版本号重新推送。",
    check=Holds(number("SPJDSX").equals(0), when=code("SPJDXH").is_in("5")),
    good=({"SPJDXH": "5", "SPJDSX": "0"},),
    bad=({"SPJDXH": "5", "SPJDSX": "1"},),
    beside=({"SPJDXH": "4", "SPJDSX": "20"},),
    boundary=(
        ({"SPJDXH": "05", "SPJDSX": "00"}, True),
        ({"SPJDXH": "05", "SPJDSX": "01"}, False),
        ({"SPJDXH": "5", "SPJDSX": "-1"}, False),
    ),
)
