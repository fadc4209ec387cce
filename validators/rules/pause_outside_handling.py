"""特别程序在受理之前或办结之后开始。"""

from validators.case_steps import STEPS_OF_CASE, handling_of, told
from validators.neighbours import Against, Found, Reply, Seen, missing
from validators.rule import Compares, Rule
from validators.scenes import beside_steps

_ORDINARY = (("1", "02 09:00"), ("3", "02 10:00"), ("11", "09 17:00"))


def _within(row: Seen, found: Found) -> Reply:
    start = row.value("TBCXKSSJ")
    if start is None:
        return None
    accepted, finished = handling_of(found.sound(STEPS_OF_CASE.name))
    if accepted is not None and start < accepted.value("BLSJ"):
        return Against(f"受理记录：{told(accepted)}。", f"不早于{accepted.text('BLSJ')}")
    if finished is not None and start > finished.value("BLSJ"):
        return Against(f"办结记录：{told(finished)}。", f"不晚于{finished.text('BLSJ')}")
    return missing(row, "受理记录") if accepted is None else True


RULE = Rule(
    code="PRC-019/pause_outside_handling",
    kind="time_order",
    tables=("SPGL_XMSPSXBLTBCXXXB",),
    fields=("TBCXKSSJ",),
    clause="PRC-019",
    statement="特别程序应在受理之后、办结之前开始。",
    severity="warning",
    dimension="consistency",
    message="特别程序开始时间“{TBCXKSSJ}”不在受理与办结之间。",
    why="受理前、办结后没有可以扣除的用时；时间填错会使超期判断失真。",
    fix="对照办理记录核对特别程序开始时间，更正后重新推送。",
    check=Compares((STEPS_OF_CASE,), _within),
    good=(
        beside_steps({"TBCXKSSJ": "2026-03-03 09:00:00"}, *_ORDINARY),
        beside_steps({"TBCXKSSJ": "2026-03-02 10:00:00"}, *_ORDINARY),
        beside_steps({"TBCXKSSJ": "2026-03-03 09:00:00"}, ("3", "02 10:00")),
    ),
    bad=(
        beside_steps({"TBCXKSSJ": "2026-03-02 09:59:59"}, *_ORDINARY),
        beside_steps({"TBCXKSSJ": "2026-03-09 17:00:01"}, *_ORDINARY),
    ),
    beside=(
        beside_steps({"TBCXKSSJ": None}, *_ORDINARY),
        beside_steps({"TBCXKSSJ": "2026-03-02 09:59:59", "SPSXSLBM": None}, *_ORDINARY),
    ),
    open=(
        beside_steps({"TBCXKSSJ": "2026-03-03 09:00:00"}, ("1", "02 09:00")),
        beside_steps({"TBCXKSSJ": "2026-03-03 09:00:00"}, overdue=True),
    ),
    boundary=((beside_steps({"TBCXKSSJ": "2026-03-09 17:00:00"}, *_ORDINARY), True),),
)
