"""办件时限大于所在阶段时限。"""

from validators.neighbours import Against, Found, Reply, Seen, missing
from validators.promises import STAGE_ITEM, STAGES_OF_FLOW, stage_limit
from validators.rule import Compares, Rule, Scene


def _within(row: Seen, found: Found) -> Reply:
    links, reported = found.sound(STAGE_ITEM.name), row.value("SXBLSX")
    if reported is None:
        return None
    numbers = {link.value("SPJDXH") for link in links}
    stages = [one for one in found.sound(STAGES_OF_FLOW.name) if one.value("SPJDXH") in numbers]
    if not stages:
        return missing(row, "审批阶段")
    limits = [(limit, one) for one in stages if (limit := stage_limit(one)) is not None]
    if len(limits) < len(stages):
        return None
    most, stage = max(limits, key=lambda pair: pair[0])
    if reported <= most:
        return True
    return Against(f"所在阶段时限为{most}个工作日（{stage.named()}）。", f"不大于{most}")


_CASE = {"SPLCBM": "LC1", "SPLCBBH": "1", "SPSXBM": "SX1", "SPSXBBH": "1"}


_NEW, _OLD = ("SPGL_SPJDXXB", "SPGL_SPLCJBLSXXXB"), ("SPGL_DFXMSPLCJDXXB", "SPGL_DFXMSPLCJDSXXXB")


def _beside(
    limit: str, tables: tuple[str, str] = _NEW, stage: str = "2"
) -> tuple[tuple[str, dict[str, str]], ...]:
    at = {"SPJDXH": stage, "DFSJZJ": f"J{stage}"}
    return (
        (tables[0], {"SPLCBM": "LC1", "SPLCBBH": "1", "SPJDSX": limit} | at),
        (tables[1], _CASE | at),
    )


RULE = Rule(
    code="INS-009/case_limit_exceeds_stage",
    kind="cross_table",
    tables=("SPGL_XMSPSXBLXXB",),
    fields=("SXBLSX",),
    clause="INS-009",
    statement="事项办理时限不应大于所在阶段时限。",
    severity="warning",
    dimension="consistency",
    message="事项办理时限“{SXBLSX}”大于所在阶段的时限。",
    why="单个办件的时限超过阶段时限的，阶段必然超期。",
    fix="核对办件时限和阶段时限，更正填错的一方后重新推送。",
    check=Compares((STAGE_ITEM, STAGES_OF_FLOW), _within),
    good=(
        Scene(_CASE | {"SXBLSX": "20"}, _beside("20")),
        Scene(_CASE | {"SXBLSX": "20"}, _beside("20", _OLD)),
    ),
    bad=(
        Scene(_CASE | {"SXBLSX": "21"}, _beside("20")),
        Scene(_CASE | {"SXBLSX": "21"}, _beside("20", _OLD)),
    ),
    beside=(
        Scene(_CASE | {"SXBLSX": "21"}, _beside("0")),
        Scene(_CASE | {"SXBLSX": None}, _beside("20")),
        Scene(_CASE | {"SXBLSX": "21"}, (*_beside("20"), *_beside("0", stage="5"))),
    ),
    open=(Scene(_CASE | {"SXBLSX": "21"}), Scene(_CASE | {"SXBLSX": "21"}, overdue=True)),
    boundary=(
        (Scene(_CASE | {"SXBLSX": "20"}, (*_beside("10"), *_beside("20", stage="3"))), True),
        (Scene(_CASE | {"SXBLSX": "21"}, (*_beside("10"), *_beside("20", stage="3"))), False),
        (Scene(_CASE | {"SXBLSX": "20"}, (*_beside("20"), *_beside("20", stage="3"))), True),
        (Scene(_CASE | {"SXBLSX": "21"}, (*_beside("20"), *_beside("20", stage="3"))), False),
    ),
)
