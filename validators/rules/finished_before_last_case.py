"""项目完全办结时间早于其办件的办结时间。"""

from validators.case_steps import FINISHES, STEPS, told
from validators.expression import filled
from validators.neighbours import Against, Found, Link, Reply, Seen
from validators.rule import Compares, Rule, Scene
from validators.scenes import step

_STEPS = Link(
    "steps", (STEPS,), ("XZQHDM", "GCDM"), ("XZQHDM", "GCDM"), ("BLZT", "BLSJ", "SPSXSLBM")
)


def _after_all(row: Seen, found: Found) -> Reply:
    at = row.value("XMWQBJSJ")
    if at is None:
        return None
    ends = [
        one
        for one in found.sound(_STEPS.name)
        if one.code("BLZT") in FINISHES and one.value("BLSJ") is not None
    ]
    last = max(ends, key=lambda one: (one.value("BLSJ"), one.id), default=None)
    if last is None:
        return "没有该项目办件的办结记录，无从比对"
    if last.value("BLSJ") <= at:
        return True
    return Against(f"办件“{last.text('SPSXSLBM')}”{told(last)}。", f"不早于{last.text('BLSJ')}")


_ROW = {"XZQHDM": "420602", "GCDM": "G1", "XMSFWQBJ": "1", "XMWQBJSJ": "2026-03-09 17:00:00"}
_OF = {"XZQHDM": "420602", "GCDM": "G1"}


def _ends(status: str, at: str) -> tuple[tuple[str, dict[str, str | None]], ...]:
    return ((STEPS, step("11", "05 09:00") | _OF), (STEPS, step(status, at) | _OF))


RULE = Rule(
    code="PRJ-007/finished_before_last_case",
    kind="time_order",
    tables=("SPGL_XMJBXXB",),
    fields=("XMWQBJSJ",),
    clause="PRJ-007",
    statement="项目完全办结时间不得早于任一办件的办结时间。",
    severity="error",
    dimension="accuracy",
    message="项目完全办结时间“{XMWQBJSJ}”早于其办件的办结时间。",
    why="还有办件未办结的项目不是完全办结；项目总用时因此少算。",
    fix="核对项目完全办结时间；办件办结时间填错的，更正办件记录后再推送项目信息。",
    check=Compares((_STEPS,), _after_all, when=filled("XMWQBJSJ")),
    good=(Scene(_ROW, _ends("11", "09 17:00")), Scene(_ROW, _ends("15", "20 17:00"))),
    bad=(Scene(_ROW, _ends("11", "09 17:01")), Scene(_ROW, _ends("13", "10 09:00"))),
    beside=(
        Scene(_ROW | {"XMWQBJSJ": None}, _ends("11", "09 17:01")),
        Scene(_ROW | {"XMWQBJSJ": "不详"}, _ends("11", "09 17:01")),
    ),
    open=(Scene(_ROW),),
    boundary=(
        (Scene(_ROW, _ends("12", "09 17:00")), True),
        (Scene(_ROW, _ends("14", "09 17:01")), True),
        (Scene(_ROW, _ends("12", "09 17:01")), False),
        (Scene(_ROW, _ends("11", "09 17:01")[::-1]), False),
    ),
)
