"""办件所报时限与事项承诺时限不一致。"""

from validators.neighbours import Against, Found, Reply, Seen, missing
from validators.promises import ITEM, STAGE_ITEM, promised
from validators.rule import Compares, Rule, Scene


def _agrees(row: Seen, found: Found) -> Reply:
    item = found.one(ITEM.name) or found.one(STAGE_ITEM.name)
    if item is None:
        return missing(row, "审批事项")
    days, reported = promised(item), row.value("SXBLSX")
    if days is None or reported is None:
        return None
    # 即办件: a case cannot report 0 days (INS-009), it says 1.
    if reported == days or (days == 0 and reported == 1):
        return True
    return Against(f"承诺时限为{days}个工作日（{item.named()}）。", str(days))


_CASE = {"XZQHDM": "420602", "SPLCBM": "LC1", "SPLCBBH": "1", "SPSXBM": "SX1", "SPSXBBH": "1"}
_ITEM = ("SPGL_SPSXJBXXB", _CASE | {"DFSJZJ": "S1", "CNBJSX": "8", "CNBJSXDW": "1"})
_AT_ONCE = ("SPGL_SPSXJBXXB", _CASE | {"DFSJZJ": "S3", "CNBJSX": "0", "CNBJSXDW": "1"})
_OLD_ITEM = ("SPGL_DFXMSPLCJDSXXXB", _CASE | {"DFSJZJ": "S2", "SPSXBLSX": "8"})

RULE = Rule(
    code="LIM-014/limit_differs_from_item",
    kind="cross_table",
    tables=("SPGL_XMSPSXBLXXB",),
    fields=("SXBLSX",),
    clause="LIM-014",
    statement="办件所报时限应与事项承诺时限一致。",
    severity="warning",
    dimension="consistency",
    message="事项办理时限“{SXBLSX}”与事项承诺时限不一致。",
    why="超期按办件所报时限计算；与承诺不一致时，超期判断失真。",
    fix="核对事项的承诺办结时限，更正办件的时限后重新推送；事项时限有调整的，先推送新的事项版本。",
    check=Compares((ITEM, STAGE_ITEM), _agrees),
    good=(
        Scene(_CASE | {"SXBLSX": "8"}, (_ITEM,)),
        Scene(_CASE | {"SXBLSX": "8"}, (_OLD_ITEM,)),
    ),
    bad=(
        Scene(_CASE | {"SXBLSX": "9"}, (_ITEM,)),
        Scene(_CASE | {"SXBLSX": "7"}, (_OLD_ITEM,)),
    ),
    beside=(
        Scene(_CASE | {"SXBLSX": "不详"}, (_ITEM,)),
        Scene(_CASE | {"SXBLSX": "9", "SPSXBM": None}, (_ITEM,)),
    ),
    open=(
        Scene(_CASE | {"SXBLSX": "9"}),
        Scene(_CASE | {"SXBLSX": "9"}, overdue=True),
    ),
    boundary=(
        (Scene(_CASE | {"SXBLSX": "08"}, (_ITEM,)), True),
        (Scene(_CASE | {"SXBLSX": "7"}, (_ITEM,)), False),
        (Scene(_CASE | {"SXBLSX": "1"}, (_AT_ONCE,)), True),
        (Scene(_CASE | {"SXBLSX": "2"}, (_AT_ONCE,)), False),
    ),
)
