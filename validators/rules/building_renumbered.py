"""同一单体在各阶段的编码不同。"""

from validators.neighbours import Against, Found, Link, Reply, Seen
from validators.rule import Compares, Rule, Scene

_WORKS = Link("works", ("SPGL_XMDTXXB",), ("GCDM",), ("GCDM",), ("DTMC", "DTBM", "SPSXSLBM"))


def _same_code(row: Seen, found: Found) -> Reply:
    name, own = row.text("DTMC"), row.text("DTBM")
    if not name or not own:
        return None
    for other in found.sound(_WORKS.name):
        stage = other.text("SPSXSLBM") != row.text("SPSXSLBM")
        if stage and other.text("DTMC") == name and other.text("DTBM") not in {own, ""}:
            return Against(
                f"办件“{other.text('SPSXSLBM')}”中“{name}”的编码为“{other.text('DTBM')}”"
                f"（{other.named()}）。",
                other.text("DTBM"),
            )
    return True


_ROW = {"GCDM": "G1", "DTMC": "1号楼", "DTBM": "D1", "SPSXSLBM": "BJ-2", "DFSJZJ": "A"}
_OTHER = {"GCDM": "G1", "DTMC": "1号楼", "DTBM": "D9", "SPSXSLBM": "BJ-1", "DFSJZJ": "B"}

RULE = Rule(
    code="PER-009/building_renumbered",
    kind="consistency",
    tables=("SPGL_XMDTXXB",),
    fields=("DTBM", "DTMC"),
    clause="PER-009",
    statement="同一单体在各阶段的单体编码应保持不变。",
    severity="info",
    milder="单体只能按名称认定，同名不一定是同一单体，故只提示核查。",
    dimension="consistency",
    message="单体“{DTMC}”的编码“{DTBM}”与此前阶段不同。",
    why="编码改变后，同一单体在规划、施工、验收各阶段的信息对不上。",
    fix="核对是否为同一单体；是的，沿用原编码，更正后重新推送。",
    check=Compares((_WORKS,), _same_code),
    good=(
        Scene(_ROW, (("SPGL_XMDTXXB", _OTHER | {"DTBM": "D1"}),)),
        Scene(_ROW, (("SPGL_XMDTXXB", _OTHER | {"DTMC": "2号楼"}),)),
        Scene(_ROW, (("SPGL_XMDTXXB", _OTHER | {"SPSXSLBM": "BJ-2"}),)),
    ),
    bad=(Scene(_ROW, (("SPGL_XMDTXXB", _OTHER),)),),
    beside=(
        Scene(_ROW | {"DTMC": None}, (("SPGL_XMDTXXB", _OTHER),)),
        Scene(_ROW | {"GCDM": None}, (("SPGL_XMDTXXB", _OTHER),)),
    ),
    boundary=(
        (Scene(_ROW, (("SPGL_XMDTXXB", _OTHER | {"DTBM": None}),)), True),
        (Scene(_ROW, (("SPGL_XMDTXXB", _OTHER | {"DTBM": "D10"}),)), False),
    ),
)
