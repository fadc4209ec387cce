"""前一特别程序未结束，又开始特别程序。"""

from validators.case_steps import in_order
from validators.rule import Rule
from validators.scenes import case, undated

RULE = Rule(
    code="PRC-007/procedure_started_twice",
    kind="process",
    tables=("SPGL_XMSPSXBLXXXXB",),
    fields=("BLZT", "BLSJ"),
    clause="PRC-007",
    statement="前一特别程序未结束时不得再次开始。",
    severity="error",
    dimension="consistency",
    message="特别程序“{BLSJ}”开始时，前一特别程序尚未结束。",
    expected="先结束（10）前一特别程序",
    why="重叠的特别程序会重复扣除办件用时。",
    fix="补推前一特别程序结束的记录；重复开始属误报的，作废本记录。",
    check=in_order("procedure_begun_twice", statuses=("9",)),
    good=(
        case(
            ("9", "05 09:00"),
            ("1", "02 09:00"),
            ("3", "02 10:00"),
            ("9", "03 09:00"),
            ("10", "04 09:00"),
        ),
    ),
    bad=(
        case(
            ("9", "05 09:00"), ("1", "02 09:00"), ("3", "02 10:00"), ("9", "03 09:00"), overdue=True
        ),
    ),
    beside=(
        case(("6", "05 09:00"), ("1", "02 09:00"), overdue=True),
        undated("9", ("9", "02 09:00")),
    ),
    open=(case(("9", "05 09:00"), ("1", "02 09:00"), ("3", "02 10:00"), ("9", "03 09:00")),),
    boundary=(
        (
            case(
                ("9", "04 09:00"),
                ("1", "02 09:00"),
                ("3", "02 10:00"),
                ("9", "03 09:00"),
                ("10", "04 09:00"),
            ),
            True,
        ),
        (
            case(
                ("9", "03 23:59"),
                ("1", "02 09:00"),
                ("3", "02 10:00"),
                ("9", "03 09:00"),
                ("10", "04 00:00"),
                overdue=True,
            ),
            False,
        ),
    ),
)
