"""投资来源与审批流程类型矛盾。"""

from validators.expression import code
from validators.rule import Holds, Rule

RULE = Rule(
    code="PRJ-018/investment_contradicts_flow",
    kind="consistency",
    tables=("SPGL_XMJBXXB",),
    fields=("XMTZLY", "SPLCLX"),
    clause="PRJ-018",
    statement="政府投资类流程（1、2）的投资来源应为政府投资（1）；社会投资类流程（3、4、5）不应为1。",
    severity="warning",
    dimension="consistency",
    message="审批流程类型为“{SPLCLX}”，项目投资来源却为“{XMTZLY}”。",
    expected="流程类型1、2对应投资来源1；3、4、5对应2或3",
    why="流程类型决定审批事项和时限；与投资来源矛盾，说明项目走错流程或填错来源。",
    fix="对照立项文件核对投资来源和流程类型，更正后重新推送。",
    check=Holds(
        code("SPLCLX").is_in("1", "2").equals(code("XMTZLY").is_in("1")),
        when=code("SPLCLX").is_in("1", "2", "3", "4", "5"),
    ),
    good=(
        {"SPLCLX": "1", "XMTZLY": "1"},
        {"SPLCLX": "3", "XMTZLY": "2"},
        {"SPLCLX": "5", "XMTZLY": "3"},
    ),
    bad=({"SPLCLX": "2", "XMTZLY": "2"}, {"SPLCLX": "4", "XMTZLY": "1"}),
    beside=({"SPLCLX": "6", "XMTZLY": "1"}, {"SPLCLX": "1", "XMTZLY": None}),
    boundary=(
        ({"SPLCLX": "2", "XMTZLY": "1"}, True),
        ({"SPLCLX": "3", "XMTZLY": "1"}, False),
        ({"SPLCLX": "1", "XMTZLY": "2"}, False),
        ({"SPLCLX": "5", "XMTZLY": "1"}, False),
    ),
)
