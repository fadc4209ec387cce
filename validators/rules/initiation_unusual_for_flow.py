"""立项类型与审批流程类型的搭配少见。"""

from validators.expression import code
from validators.rule import Holds, Rule

RULE = Rule(
    code="PRJ-019/initiation_unusual_for_flow",
    kind="consistency",
    tables=("SPGL_XMJBXXB",),
    fields=("LXLX", "SPLCLX"),
    clause="PRJ-019",
    statement="政府投资项目通常为审批，社会投资项目通常为核准或备案。",
    severity="info",
    dimension="consistency",
    message="审批流程类型为“{SPLCLX}”，立项类型为“{LXLX}”，搭配少见。",
    expected="流程类型1、2多为1（审批）；3、4、5多为2（核准）或3（备案）",
    why="政府投资项目实行审批制，企业投资项目实行核准制或备案制。",
    fix="请核对立项文件；确实如此的不必处理。",
    check=Holds(
        code("SPLCLX").is_in("1", "2").equals(code("LXLX").is_in("1")),
        when=code("SPLCLX").is_in("1", "2", "3", "4", "5"),
    ),
    good=({"SPLCLX": "1", "LXLX": "1"}, {"SPLCLX": "3", "LXLX": "3"}),
    bad=({"SPLCLX": "1", "LXLX": "3"}, {"SPLCLX": "5", "LXLX": "1"}),
    beside=({"SPLCLX": "10", "LXLX": "1"}, {"SPLCLX": "1", "LXLX": None}),
    boundary=(
        ({"SPLCLX": "2", "LXLX": "1"}, True),
        ({"SPLCLX": "2", "LXLX": "2"}, False),
        ({"SPLCLX": "4", "LXLX": "2"}, True),
        ({"SPLCLX": "3", "LXLX": "1"}, False),
    ),
)
