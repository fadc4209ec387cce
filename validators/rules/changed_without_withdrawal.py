"""已上报的记录未先作废就更改了内容。"""

from collections.abc import Sequence

from schemas.values import canonical
from validators.expression import code
from validators.neighbours import Against, Reply, Seen
from validators.rule import Follows, Rule, Scene

NOT_CONTENT = frozenset({"LSH", "SBYY", "SJSCZT", "SJWXYY", "SCSJ", "GXSJ"})
"""Columns of the protocol, which the receiver or the transport writes."""


def changed(row: Seen, earlier: Seen) -> list[str]:
    """The names of the columns whose content differs."""
    fields = row.table.by_code
    return [
        f"{field.name}（{name}）"
        for name, field in fields.items()
        if name not in NOT_CONTENT
        and canonical(field, row.values.get(name)) != canonical(field, earlier.values.get(name))
    ]


def _withdrawn_first(row: Seen, earlier: Sequence[Seen]) -> Reply:
    if not earlier:
        return None
    if not earlier[0].valid or not earlier[0].settled:
        return True
    names = changed(row, earlier[0])
    return Against(f"更改了：{'、'.join(names)}。") if names else True


_ROW = {"DFSJZJ": "A", "XZQHDM": "420602", "SJYXBS": "1"}

RULE = Rule(
    code="PRO-001/changed_without_withdrawal",
    kind="protocol",
    fields=("SJYXBS", "DFSJZJ", "XZQHDM"),
    clause="PRO-001",
    statement="更改已上报的记录，应先以有效标识为0的同主键记录作废原记录，再推送更正后的记录。",
    severity="info",
    milder="本系统上报时已代为先作废、后重报，数据不受影响；本次更正不必重做，故只提示。",
    dimension="normativity",
    message="记录已上报，未先作废就更改了内容。",
    expected="先推送数据有效标识为0、写明原因的记录，再推送更正后的记录",
    why="原地更改不留更正痕迹，上下级两处的数据容易不一致。",
    fix="今后更正已上报的记录，先作废、后重报；本次由系统代为处理，核对即可。",
    check=Follows(_withdrawn_first, when=code("SJYXBS").equals("1")),
    good=(
        Scene(_ROW, earlier=(_ROW | {"SJYXBS": "0", "SJWXYY": "录入错误"},)),
        Scene(_ROW | {"LSH": "9"}, earlier=(_ROW | {"LSH": "8"},)),
    ),
    bad=(Scene(_ROW, earlier=(_ROW | {"DFSJZJ": "B"},)),),
    beside=(Scene(_ROW), Scene(_ROW | {"SJYXBS": "0"}, earlier=(_ROW | {"DFSJZJ": "B"},))),
    boundary=(
        (Scene(_ROW | {"SBYY": "1"}, earlier=(_ROW | {"SBYY": "2"},)), True),
        (Scene(_ROW | {"SJSCZT": "1"}, earlier=(_ROW | {"SJSCZT": "2"},)), True),
        (Scene(_ROW | {"SJWXYY": "1"}, earlier=(_ROW | {"SJWXYY": "2"},)), True),
        (Scene(_ROW | {"SCSJ": "1"}, earlier=(_ROW | {"SCSJ": "2"},)), True),
        (Scene(_ROW | {"GXSJ": "1"}, earlier=(_ROW | {"GXSJ": "2"},)), True),
    ),
)
