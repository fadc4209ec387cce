"""区县流程的类型在市级流程中没有。"""

from validators.expression import text
from validators.neighbours import Against, Found, Link, Reply, Seen
from validators.rule import Compares, Rule, Scene

_FLOWS = ("SPGL_SPLCXXB", "SPGL_DFXMSPLCXXB")
_TYPES = ("DYBZSPLCLX", "SPLCLX")
_PREFIX, _CITY = 4, "00"


def _city_of(division: str) -> str | None:
    """The code of the city above a county; None for a city itself."""
    city = division[:_PREFIX] + _CITY
    return None if division == city else city


_CITY_FLOWS = Link(
    "city", _FLOWS, (text("XZQHDM").through("city above", _city_of),), ("XZQHDM",), _TYPES
)  # fmt: skip


def _type(flow: Seen) -> str:
    field = next(name for name in _TYPES if name in flow.table.by_code)
    return flow.code(field)


def _known(row: Seen, found: Found) -> Reply:
    own, types = _type(row), {_type(flow) for flow in found.sound(_CITY_FLOWS.name)}
    if not own:
        return None
    if not types:
        return "未收到市级流程，无从比对"
    if own in types:
        return True
    known = "、".join(sorted(types))
    return Against(f"市级流程的类型有：{known}。", f"市级已有的类型：{known}")


_ROW = {"XZQHDM": "420602", "DYBZSPLCLX": "1"}
_OLD = {"XZQHDM": "420602", "SPLCLX": "1"}
_OF_CITY = ((_FLOWS[0], {"XZQHDM": "420600", "DFSJZJ": "C1", "DYBZSPLCLX": "1"}),)
_SECOND = (_FLOWS[0], {"XZQHDM": "420600", "DFSJZJ": "C2", "DYBZSPLCLX": "2"})
_ONCE_OF_CITY = ((_FLOWS[1], {"XZQHDM": "420600", "DFSJZJ": "C1", "SPLCLX": "1"}),)

RULE = Rule(
    code="FLW-016/flow_type_unknown_to_city",
    kind="cross_table",
    tables=_FLOWS,
    fields=("SPLCBM",),
    clause="FLW-016",
    statement="区县流程的类型应能在市级同类流程中找到。",
    severity="warning",
    dimension="consistency",
    message="流程“{SPLCBM}”的类型在市级流程中没有。",
    why="区县流程以市级同类流程为蓝本；市级没有的类型，控制时限和汇总口径无从确定。",
    fix="核对流程类型，更正后重新推送；确需新增类型的，请市级先发布同类流程。",
    check=Compares((_CITY_FLOWS,), _known, by_absence=True),
    good=(Scene(_ROW, _OF_CITY), Scene(_OLD, _ONCE_OF_CITY)),
    bad=(
        Scene(_ROW | {"DYBZSPLCLX": "6", "SPLCBM": "LC6"}, _OF_CITY),
        Scene(_OLD | {"SPLCLX": "6", "SPLCBM": "LC6"}, _ONCE_OF_CITY),
    ),
    beside=(
        Scene(_ROW | {"XZQHDM": "420600"}, _OF_CITY),
        Scene(_ROW | {"DYBZSPLCLX": None}, _OF_CITY),
    ),
    open=(Scene(_ROW), Scene(_OLD)),
    boundary=(
        (Scene(_ROW | {"DYBZSPLCLX": "2"}, (*_OF_CITY, _SECOND)), True),
        (Scene(_ROW | {"DYBZSPLCLX": "3", "SPLCBM": "LC3"}, (*_OF_CITY, _SECOND)), False),
    ),
)
