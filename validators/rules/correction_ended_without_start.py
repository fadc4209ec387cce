"""补正结束之前没有补正开始。"""

from validators.case_steps import in_order
from validators.rule import Rule
from validators.scenes import case, undated

RULE = Rule(
    code="PRC-005/correction_ended_without_start",
    kind="process",
    tables=("SPGL_XMSPSXBLXXXXB",),
    fields=("BLZT", "BLSJ"),
    clause="PRC-005",
    statement="补正结束（7）须有未结束的补正开始（6）。",
    severity="error",
    dimension="consistency",
    message="补正结束“{BLSJ}”之前没有未结束的补正开始（6）记录。",
    expected="先有补正开始（6）记录",
    why="补正的起止须成对，才能从办件用时中扣除。",
    fix="补推补正开始的记录；补正结束属误报的，作废本记录。",
    check=in_order("correction_not_begun", statuses=("7",)),
    good=(
        case(("7", "04 09:00"), ("1", "02 09:00"), ("6", "03 09:00")),
        case(
            ("7", "06 09:00"),
            ("1", "02 09:00"),
            ("6", "03 09:00"),
            ("7", "04 09:00"),
            ("6", "05 09:00"),
        ),
    ),
    bad=(
        case(("7", "04 09:00"), ("1", "02 09:00"), overdue=True),
        case(
            ("7", "05 09:00"), ("1", "02 09:00"), ("6", "03 09:00"), ("7", "04 09:00"), overdue=True
        ),
    ),
    beside=(
        case(("10", "04 09:00"), ("1", "02 09:00"), overdue=True),
        undated("7", ("1", "02 09:00")),
    ),
    open=(case(("7", "04 09:00"), ("1", "02 09:00")),),
    boundary=(
        (case(("7", "03 09:00"), ("1", "02 09:00"), ("6", "03 09:00")), True),
        (
            case(
                ("7", "05 09:00"),
                ("1", "02 09:00"),
                ("6", "03 09:00"),
                ("7", "04 09:00"),
                ("6", "04 09:00"),
                overdue=True,
            ),
            True,
        ),
        (case(("7", "04 09:00"), ("1", "02 09:00"), ("9", "03 09:00"), overdue=True), False),
    ),
)
