"""作废了从未收到的记录。"""

from collections.abc import Sequence

from validators.expression import code
from validators.neighbours import Against, Reply, Seen
from validators.rule import Follows, Rule, Scene


def _of_something(row: Seen, earlier: Sequence[Seen]) -> Reply:
    if any(one.valid for one in earlier):
        return True
    return Against("此前没有同一主键的有效记录。" if row.text("DFSJZJ") else "")


_ROW = {"DFSJZJ": "A", "XZQHDM": "420602", "SJYXBS": "0", "SJWXYY": "录入错误"}

RULE = Rule(
    code="PRO-001/withdrawal_of_nothing",
    kind="protocol",
    fields=("SJYXBS", "DFSJZJ", "XZQHDM"),
    clause="PRO-001",
    statement="作废的记录须与原记录主键相同，原记录须已推送。",
    severity="info",
    milder="原记录可能在本系统启用之前上报，故只提示核查。",
    dimension="consistency",
    message="作废的记录（数据有效标识为0）没有对应的原记录。",
    expected="与原记录相同的主键",
    why="主键与原记录不同时，原记录仍然有效，作废没有起作用。",
    fix="核对作废记录的主键；与原记录不同的，以原记录的主键重新推送作废记录。",
    check=Follows(_of_something, when=code("SJYXBS").equals("0")),
    on_withdrawal=True,
    good=(Scene(_ROW, earlier=(_ROW | {"SJYXBS": "1"},)),),
    bad=(Scene(_ROW), Scene(_ROW, earlier=(_ROW | {"SJWXYY": "重复"},))),
    beside=(Scene(_ROW | {"SJYXBS": "1"}), Scene(_ROW | {"SJYXBS": None})),
    boundary=(
        (Scene(_ROW, earlier=(_ROW, _ROW | {"SJYXBS": "1"})), True),
        (Scene(_ROW | {"DFSJZJ": None}), False),
    ),
)
