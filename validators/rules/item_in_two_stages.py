"""同一流程版本内，同一事项版本放在了两个阶段。"""

from validators.neighbours import Against, Found, Link, Reply, Seen
from validators.rule import Compares, Rule, Scene

_NAMED = ("SPLCBM", "SPLCBBH", "SPSXBM", "SPSXBBH")
_TABLES = ("SPGL_SPLCJBLSXXXB", "SPGL_DFXMSPLCJDSXXXB")
_SAME = Link("same", _TABLES, _NAMED, _NAMED)


def _once(row: Seen, found: Found) -> Reply:
    for other in found.sound(_SAME.name):
        if other.settled and other.code("XZQHDM") == row.code("XZQHDM"):
            return Against(
                f"已有阶段“{other.text('SPJDXH')}”的有效记录（{other.named()}）。", "一个阶段"
            )
    return True


_ROW = {"XZQHDM": "420602", "SPLCBM": "LC1", "SPLCBBH": "1", "SPSXBM": "SX1", "SPSXBBH": "1",
        "SPJDXH": "2", "DFSJZJ": "A"}  # fmt: skip
_OTHER = _ROW | {"SPJDXH": "3", "DFSJZJ": "B"}
_NEW, _OLD = ((_TABLES[0], _OTHER),), ((_TABLES[1], _OTHER),)

RULE = Rule(
    code="FLW-009/item_in_two_stages",
    kind="uniqueness",
    tables=_TABLES,
    fields=("SPSXBM", "SPSXBBH"),
    clause="FLW-009",
    statement="同一流程版本内同一事项版本只能有一条有效记录。",
    severity="error",
    dimension="consistency",
    message="流程“{SPLCBM}”中事项“{SPSXBM}”已在另一阶段。",
    why="同一事项出现在两个阶段时，办件属于哪个阶段无法确定。",
    fix="保留正确的一条；另一条以数据有效标识为0、写明原因的记录作废。",
    check=Compares((_SAME,), _once),
    good=(
        Scene(_ROW),
        Scene(_ROW, ((_TABLES[0], _OTHER | {"SPSXBBH": "2"}),)),
        Scene(_ROW, ((_TABLES[1], _OTHER | {"XZQHDM": "420606"}),)),
    ),
    bad=(Scene(_ROW, _NEW), Scene(_ROW, _OLD)),
    beside=(Scene(_ROW | {"SPSXBM": None}, _NEW),),
    boundary=(
        (Scene(_ROW, ((_TABLES[0], _OTHER | {"SPLCBBH": "2"}),)), True),
        (Scene(_ROW, ((_TABLES[0], _OTHER | {"SPJDXH": "2"}),)), True),
        (Scene(_ROW, ((_TABLES[0], _OTHER | {"SPSXBBH": "1.0"}),)), False),
    ),
)
