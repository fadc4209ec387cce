"""项目的流程类型与所引流程的类型不同。"""

from validators.neighbours import Against, Found, Link, Reply, Seen, missing
from validators.rule import Compares, Rule, Scene

_FLOW = Link(
    "flow", ("SPGL_DFXMSPLCXXB",), ("SPLCBM", "SPLCBBH"), ("SPLCBM", "SPLCBBH"), ("SPLCLX",)
)


def _same_type(row: Seen, found: Found) -> Reply:
    flow = found.one(_FLOW.name)
    if flow is None:
        return missing(row, "审批流程")
    of_flow, own = flow.code("SPLCLX"), row.code("SPLCLX")
    if not of_flow or not own:
        return None
    if of_flow == own:
        return True
    return Against(f"所引流程的类型为“{of_flow}”（{flow.named()}）。", of_flow)


_ROW = {"SPLCBM": "LC1", "SPLCBBH": "1", "SPLCLX": "1"}
_OF = ("SPGL_DFXMSPLCXXB", {"SPLCBM": "LC1", "SPLCBBH": "1.0", "DFSJZJ": "F1", "SPLCLX": "1"})

RULE = Rule(
    code="PRJ-020/flow_type_differs_from_flow",
    kind="cross_table",
    tables=("SPGL_XMJBXXB",),
    fields=("SPLCLX", "SPLCBM"),
    versions=("1.0", "2.0"),
    clause="PRJ-020",
    statement="项目的流程类型应与所引流程的类型一致。",
    severity="warning",
    dimension="consistency",
    message="项目的流程类型“{SPLCLX}”与所引流程“{SPLCBM}”的类型不同。",
    why="控制时限按流程类型确定；类型不一致时，项目按错误的时限考核。",
    fix="核对项目类型和绑定的流程，更正后重新推送。",
    check=Compares((_FLOW,), _same_type),
    good=(Scene(_ROW, (_OF,)),),
    bad=(Scene(_ROW | {"SPLCLX": "2"}, (_OF,)),),
    beside=(Scene(_ROW | {"SPLCLX": None}, (_OF,)), Scene(_ROW | {"SPLCBM": None}, (_OF,))),
    open=(Scene(_ROW), Scene(_ROW, overdue=True)),
    boundary=(
        (Scene(_ROW, ((_OF[0], _OF[1] | {"SPLCLX": "01"}),)), True),
        (Scene(_ROW | {"SPLCLX": "4"}, ((_OF[0], _OF[1] | {"SPLCLX": "5"}),)), False),
    ),
)
