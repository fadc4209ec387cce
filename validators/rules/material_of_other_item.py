"""材料目录编号属于其他审批事项。"""

from validators.neighbours import Against, Found, Link, Reply, Seen, missing
from validators.rule import Compares, Rule, Scene

_CASE = Link("case", ("SPGL_XMSPSXBLXXB",), ("GCDM", "SPSXSLBM"), ("GCDM", "SPSXSLBM"),
             ("SPSXBM",))  # fmt: skip
_LISTED = Link("listed", ("SPGL_SPSXCLMLXXB",), ("XZQHDM", "CLMLBH"), ("XZQHDM", "CLMLBH"),
               ("SPSXBM",))  # fmt: skip


def _of_the_item(row: Seen, found: Found) -> Reply:
    if not row.text("SPSXSLBM") or not row.text("CLMLBH"):
        return None
    case, listed = found.one(_CASE.name), found.sound(_LISTED.name)
    if case is None or not listed:
        return missing(row, "办件或材料目录")
    item = case.text("SPSXBM")
    if any(one.text("SPSXBM") == item for one in listed):
        return True
    return Against(
        f"办件的审批事项为“{item}”（{case.named()}）。", f"审批事项“{item}”的材料目录编号"
    )


_ROW = {"XZQHDM": "420602", "GCDM": "G1", "SPSXSLBM": "BJ-1", "CLMLBH": "SX1-01"}
_OF = ("SPGL_XMSPSXBLXXB", {"GCDM": "G1", "SPSXSLBM": "BJ-1", "DFSJZJ": "A", "SPSXBM": "SX1"})
_AT = {"XZQHDM": "420602", "CLMLBH": "SX1-01", "DFSJZJ": "M", "SPSXBM": "SX1"}
_LIST = "SPGL_SPSXCLMLXXB"

RULE = Rule(
    code="PRC-028/material_of_other_item",
    kind="cross_table",
    tables=("SPGL_XMSQCLJQTFJXXB",),
    fields=("CLMLBH",),
    versions=("3.0",),
    clause="PRC-028",
    statement="材料目录编号应对应办件所属事项的材料目录。",
    severity="warning",
    milder="材料已收取，只是编号归错事项，不影响办件上报，故限期改正而不退回。",
    dimension="consistency",
    message="材料目录编号“{CLMLBH}”不属于办件的审批事项。",
    why="材料归不到事项的目录，材料是否齐全无从判断。",
    fix="核对办件的事项和材料目录编号，更正后重新推送。",
    check=Compares((_CASE, _LISTED), _of_the_item),
    good=(Scene(_ROW, (_OF, (_LIST, _AT))),),
    bad=(Scene(_ROW, (_OF, (_LIST, _AT | {"SPSXBM": "SX2"}))),),
    beside=(
        Scene(_ROW | {"SPSXSLBM": None}, (_OF, (_LIST, _AT | {"SPSXBM": "SX2"}))),
        Scene(_ROW | {"CLMLBH": None}, (_OF, (_LIST, _AT))),
    ),
    open=(Scene(_ROW, (_OF,)), Scene(_ROW, overdue=True)),
    boundary=(
        (Scene(_ROW, (_OF, (_LIST, _AT), (_LIST, _AT | {"SPSXBM": "SX2", "DFSJZJ": "N"}))), True),
        (Scene(_ROW, (_OF, (_LIST, _AT | {"SPSXBM": "SX10"}))), False),
    ),
)
