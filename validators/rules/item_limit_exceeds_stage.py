"""事项承诺时限大于所在阶段时限。"""

from validators.neighbours import Against, Found, Reply, Seen, missing
from validators.promises import ITEM, STAGE, promised, stage_limit
from validators.rule import Compares, Rule, Scene


def _within(row: Seen, found: Found) -> Reply:
    stage = found.one(STAGE.name)
    own = "SPSXBLSX" in row.table.by_code
    item = row if own else found.one(ITEM.name)
    if stage is None or item is None:
        return missing(row, "审批阶段或审批事项")
    limit, days = stage_limit(stage), promised(item)
    if limit is None or days is None:
        return None
    if days <= limit:
        return True
    return Against(
        f"阶段时限为{limit}个工作日（{stage.named()}）"
        + ("。" if own else f"；事项承诺{days}个工作日（{item.named()}）。"),
        f"不大于{limit}",
    )


_KEY = {"XZQHDM": "420602", "SPLCBM": "LC1", "SPLCBBH": "1", "SPJDXH": "2"}
_LINK = _KEY | {"SPSXBM": "SX1", "SPSXBBH": "1"}


def _beside(limit: str, days: str, unit: str = "1") -> tuple[tuple[str, dict[str, str]], ...]:
    item = {"XZQHDM": "420602", "SPSXBM": "SX1", "SPSXBBH": "1", "DFSJZJ": "S1"}
    return (
        ("SPGL_SPJDXXB", _KEY | {"DFSJZJ": "J1", "SPJDSX": limit}),
        ("SPGL_SPSXJBXXB", item | {"CNBJSX": days, "CNBJSXDW": unit}),
    )


def _formerly(limit: str) -> tuple[tuple[str, dict[str, str]], ...]:
    return (("SPGL_DFXMSPLCJDXXB", _KEY | {"DFSJZJ": "J2", "SPJDSX": limit}),)


RULE = Rule(
    code="FLW-011/item_limit_exceeds_stage",
    kind="cross_table",
    tables=("SPGL_SPLCJBLSXXXB", "SPGL_DFXMSPLCJDSXXXB"),
    fields=("SPJDXH",),
    clause="FLW-011",
    statement="事项承诺时限不得大于所在阶段时限。",
    severity="error",
    dimension="consistency",
    message="事项承诺时限大于所在阶段（序号“{SPJDXH}”）的时限。",
    why="阶段内单个事项已超过阶段时限的，阶段必然超期，流程不成立。",
    fix="核对阶段时限和事项承诺时限，更正填错的一方后重新推送。",
    check=Compares((STAGE, ITEM), _within),
    good=(
        Scene(_LINK, _beside("20", "20")),
        Scene(_LINK | {"SPSXBLSX": "20"}, _formerly("20")),
    ),
    bad=(
        Scene(_LINK, _beside("20", "21")),
        Scene(_LINK | {"SPSXBLSX": "21"}, _formerly("20")),
    ),
    beside=(
        Scene(_LINK | {"SPSXBLSX": "21"}, _formerly("0")),
        Scene(_LINK, _beside("0", "21")),
        Scene(_LINK, _beside("20", "21", "自然日")),
    ),
    open=(Scene(_LINK), Scene(_LINK, overdue=True)),
    boundary=(
        (Scene(_LINK, _beside("20", "20", "")), True),
        (Scene(_LINK, _beside("20", "21", "工作日")), False),
        (Scene(_LINK, _beside("20", "21", "")), False),
    ),
)
