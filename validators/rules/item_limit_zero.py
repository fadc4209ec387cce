"""事项办理时限为0。"""

from validators.expression import number
from validators.rule import Holds, Rule

RULE = Rule(
    code="INS-009/item_limit_zero",
    kind="range",
    tables=("SPGL_XMSPSXBLXXB",),
    fields=("SXBLSX",),
    clause="INS-009",
    statement="事项办理时限应为大于0的整数。",
    severity="warning",
    dimension="accuracy",
    message="事项办理时限为“{SXBLSX}”个工作日。",
    expected="大于0的工作日数",
    why="时限为0的办件一受理即超期，无法计时。",
    fix="填写该事项承诺的办理时限（工作日），即办件填1，再重新推送。",
    check=Holds(number("SXBLSX") > 0, when=number("SXBLSX") >= 0),
    good=({"SXBLSX": "1"},),
    bad=({"SXBLSX": "0"},),
    beside=({"SXBLSX": "-1"}, {"SXBLSX": None}),
    boundary=(
        ({"SXBLSX": "01"}, True),
        ({"SXBLSX": "00"}, False),
    ),
)
