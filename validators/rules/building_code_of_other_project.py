"""单体编码已用于其他项目的单体。"""

from validators.neighbours import Against, Found, Link, Reply, Seen
from validators.rule import Compares, Rule, Scene

_SAME = Link("same", ("SPGL_XMDTXXB",), ("DTBM",), ("DTBM",), ("XMDM", "DTMC"))


def _unique(row: Seen, found: Found) -> Reply:
    project = row.text("XMDM")
    if not project:
        return None
    for other in found.sound(_SAME.name):
        if other.text("XMDM") and other.text("XMDM") != project:
            return Against(
                f"已用于项目“{other.text('XMDM')}”的单体“{other.text('DTMC')}”（{other.named()}）。",
                "全局唯一的单体编码",
            )
    return True


_ROW = {"XMDM": "P1", "DTBM": "D1", "SPSXSLBM": "BJ-2", "DFSJZJ": "A", "GCDM": "G1"}
_OTHER = {"XMDM": "P2", "DTBM": "D1", "DTMC": "1号楼", "DFSJZJ": "B", "GCDM": "G2"}

RULE = Rule(
    code="PER-009/building_code_of_other_project",
    kind="uniqueness",
    tables=("SPGL_XMDTXXB",),
    fields=("DTBM", "XMDM"),
    clause="PER-009",
    statement="单体编码全局唯一，不得用于两个项目的单体。",
    severity="warning",
    dimension="consistency",
    message="单体编码“{DTBM}”已用于其他项目。",
    why="单体编码贯穿规划、施工、验收；两个项目共用一个编码时，单体信息会互相覆盖。",
    fix="核对单体编码，更正后重新推送。",
    check=Compares((_SAME,), _unique),
    good=(
        Scene(_ROW, (("SPGL_XMDTXXB", _OTHER | {"XMDM": "P1"}),)),
        Scene(_ROW, (("SPGL_XMDTXXB", _OTHER | {"DTBM": "D2"}),)),
    ),
    bad=(Scene(_ROW, (("SPGL_XMDTXXB", _OTHER),)),),
    beside=(
        Scene(_ROW | {"DTBM": None}, (("SPGL_XMDTXXB", _OTHER),)),
        Scene(_ROW | {"XMDM": None}, (("SPGL_XMDTXXB", _OTHER),)),
    ),
    boundary=(
        (Scene(_ROW, (("SPGL_XMDTXXB", _OTHER | {"XMDM": None}),)), True),
        (Scene(_ROW, (("SPGL_XMDTXXB", _OTHER | {"DFSJZJ": "A"}),)), True),
        (Scene(_ROW, (("SPGL_XMDTXXB", _OTHER | {"XMDM": "P10"}),)), False),
    ),
)
