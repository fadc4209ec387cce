"""批复日期在受理之前或办结之后。"""

from datetime import date, timedelta

from validators.case_steps import STEPS_OF_CASE, handling_of, told
from validators.neighbours import Against, Found, Reply, Seen, missing
from validators.rule import Compares, Rule
from validators.scenes import beside_steps

_ONE_DAY = timedelta(days=1)
_ORDINARY = (("1", "02 09:00"), ("3", "03 10:00"), ("11", "09 17:00"))


def _within(row: Seen, found: Found) -> Reply:
    signed: date | None = row.day("PFRQ")
    if signed is None:
        return None
    accepted, finished = handling_of(found.sound(STEPS_OF_CASE.name))
    first = accepted.day("BLSJ") if accepted else None
    last = finished.day("BLSJ") if finished else None
    if accepted and first and first - signed > _ONE_DAY:
        return Against(f"受理记录：{told(accepted)}。", f"不早于{first - _ONE_DAY}")
    if finished and last and signed - last > _ONE_DAY:
        return Against(f"办结记录：{told(finished)}。", f"不晚于{last + _ONE_DAY}")
    return True if accepted and finished else missing(row, "受理或办结记录")


RULE = Rule(
    code="PRC-024/approved_outside_handling",
    kind="time_order",
    tables=("SPGL_XMSPSXPFWJXXB",),
    fields=("PFRQ",),
    clause="PRC-024",
    statement="批复日期应在受理日期与办结日期之间（允许差一日）。",
    severity="warning",
    dimension="consistency",
    message="批复日期“{PFRQ}”不在受理日期与办结日期之间。",
    why="批复在受理之前，说明先批后补；在办结之后，说明办结时尚无结果。",
    fix="对照批复文件和办理记录核对日期，更正填错的一方后重新推送。",
    check=Compares((STEPS_OF_CASE,), _within),
    good=(
        beside_steps({"PFRQ": "2026-03-09"}, *_ORDINARY),
        beside_steps({"PFRQ": "2026-03-02"}, *_ORDINARY),
        beside_steps({"PFRQ": "2026-03-10"}, *_ORDINARY),
    ),
    bad=(
        beside_steps({"PFRQ": "2026-03-01"}, *_ORDINARY),
        beside_steps({"PFRQ": "2026-03-11"}, *_ORDINARY),
    ),
    beside=(
        beside_steps({"PFRQ": None}, *_ORDINARY),
        beside_steps({"PFRQ": "2026-03-01", "SPSXSLBM": None}, *_ORDINARY),
    ),
    open=(
        beside_steps({"PFRQ": "2026-03-09"}, ("3", "03 10:00")),
        beside_steps({"PFRQ": "2026-03-09"}, overdue=True),
    ),
    boundary=(
        (beside_steps({"PFRQ": "2026-03-02"}, ("3", "03 23:59"), ("11", "09 17:00")), True),
        (beside_steps({"PFRQ": "2026-03-02"}, ("3", "04 00:00"), ("11", "09 17:00")), False),
        (beside_steps({"PFRQ": "2026-03-10"}, ("3", "03 10:00"), ("11", "09 00:00")), True),
        (beside_steps({"PFRQ": "2026-03-10"}, ("3", "03 10:00"), ("11", "08 23:59")), False),
        (beside_steps({"PFRQ": "2026-03-11"}, ("11", "09 17:00")), False),
    ),
)
