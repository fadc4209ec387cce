"""审批阶段时限超出规定范围。"""

from validators.expression import code, number
from validators.rule import Holds, Rule

RULE = Rule(
    code="FLW-010/stage_limit_out_of_range",
    kind="range",
    tables=("SPGL_SPJDXXB", "SPGL_DFXMSPLCJDXXB"),
    fields=("SPJDSX",),
    clause="FLW-010",
    statement="除并行推进阶段（序号5）外，阶段时限应大于0且不超过50个工作日。",
    severity="error",
    dimension="accuracy",
    message="第“{SPJDXH}”阶段的时限为“{SPJDSX}”个工作日，超出范围。",
    expected="1至50个工作日",
    why="四个主要阶段的时限由改革要求限定，时限为0或过长的流程上级平台校验不通过。",
    fix="按公布的流程核对阶段时限，更正后以新版本号重新推送。",
    check=Holds(number("SPJDSX").between(1, 50), when=~code("SPJDXH").is_in("5")),
    good=({"SPJDXH": "1", "SPJDSX": "1"}, {"SPJDXH": "4", "SPJDSX": "50"}),
    bad=({"SPJDXH": "1", "SPJDSX": "0"}, {"SPJDXH": "4", "SPJDSX": "51"}),
    beside=({"SPJDXH": "5", "SPJDSX": "0"}, {"SPJDXH": "1", "SPJDSX": None}),
    boundary=(
        ({"SPJDXH": "4", "SPJDSX": "1"}, True),
        ({"SPJDXH": "4", "SPJDSX": "0"}, False),
        ({"SPJDXH": "3", "SPJDSX": "50"}, True),
        ({"SPJDXH": "3", "SPJDSX": "51"}, False),
    ),
)
