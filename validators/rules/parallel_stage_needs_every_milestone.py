"""并行推进阶段的里程碑事项类型不是“任一”。"""

from validators.expression import code
from validators.rule import Holds, Rule

RULE = Rule(
    code="FLW-015/parallel_stage_needs_every_milestone",
    kind="dictionary",
    tables=("SPGL_DFXMSPLCJDXXB",),
    fields=("LCBSXLX",),
    clause="FLW-015",
    statement="并行推进阶段（序号5）的里程碑事项类型应为2。",
    severity="error",
    dimension="consistency",
    message="并行推进阶段的里程碑事项类型为“{LCBSXLX}”，应为2。",
    expected="2（任一里程碑事项办结则阶段办结）",
    why="并行推进的事项各自独立，不可能全部办结后才算阶段办结。",
    fix="将里程碑事项类型改为2，以新版本号重新推送。",
    check=Holds(code("LCBSXLX").is_in("2"), when=code("SPJDXH").is_in("5")),
    good=({"SPJDXH": "5", "LCBSXLX": "2"},),
    bad=({"SPJDXH": "5", "LCBSXLX": "1"},),
    beside=({"SPJDXH": "1", "LCBSXLX": "1"}, {"SPJDXH": "5", "LCBSXLX": None}),
    boundary=(
        ({"SPJDXH": "05", "LCBSXLX": "02"}, True),
        ({"SPJDXH": "05", "LCBSXLX": "1"}, False),
        ({"SPJDXH": "5", "LCBSXLX": "3"}, False),
    ),
)
