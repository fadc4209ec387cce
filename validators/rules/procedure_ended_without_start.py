"""特别程序结束之前没有特别程序开始。"""

from validators.case_steps import in_order
from validators.rule import Rule
from validators.scenes import case, undated

RULE = Rule(
    code="PRC-006/procedure_ended_without_start",
    kind="process",
    tables=("SPGL_XMSPSXBLXXXXB",),
    fields=("BLZT", "BLSJ"),
    clause="PRC-006",
    statement="特别程序结束（10）须有未结束的特别程序开始（9）。",
    severity="error",
    dimension="consistency",
    message="特别程序结束“{BLSJ}”之前没有未结束的特别程序开始（9）记录。",
    expected="先有特别程序开始（9）记录",
    why="特别程序的起止须成对，才能从办件用时中扣除。",
    fix="补推特别程序开始的记录；特别程序结束属误报的，作废本记录。",
    check=in_order("procedure_not_begun", statuses=("10",)),
    good=(
        case(("10", "05 09:00"), ("1", "02 09:00"), ("3", "02 10:00"), ("9", "03 09:00")),
        case(("10", "03 09:00"), ("1", "02 09:00"), ("3", "02 10:00"), ("9", "03 09:00")),
    ),
    bad=(case(("10", "05 09:00"), ("1", "02 09:00"), ("3", "02 10:00"), overdue=True),),
    beside=(
        case(("7", "05 09:00"), ("1", "02 09:00"), overdue=True),
        undated("10", ("1", "02 09:00")),
    ),
    open=(case(("10", "05 09:00"), ("1", "02 09:00"), ("3", "02 10:00")),),
    boundary=(
        (
            case(
                ("10", "06 09:00"),
                ("1", "02 09:00"),
                ("3", "02 10:00"),
                ("9", "03 09:00"),
                ("10", "04 09:00"),
                ("9", "06 09:00"),
            ),
            True,
        ),
        (
            case(
                ("10", "05 09:00"),
                ("1", "02 09:00"),
                ("3", "02 10:00"),
                ("6", "03 09:00"),
                overdue=True,
            ),
            False,
        ),
    ),
)
