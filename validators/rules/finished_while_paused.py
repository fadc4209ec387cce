"""补正或特别程序尚未结束，办件已办结。"""

from validators.case_steps import in_order
from validators.rule import Rule
from validators.scenes import case, undated

RULE = Rule(
    code="PRC-008/finished_while_paused",
    kind="process",
    tables=("SPGL_XMSPSXBLXXXXB",),
    fields=("BLZT", "BLSJ"),
    clause="PRC-008",
    statement="办结（11、12、13）前未结束的特别程序、补正应先结束。",
    severity="error",
    dimension="consistency",
    message="办结“{BLSJ}”时，补正或特别程序尚未结束。",
    expected="先结束补正（7）、特别程序（10）",
    why="未结束的补正、特别程序会一直扣除用时，超期办件因此漏算。",
    fix="补推补正结束或特别程序结束的记录；开始属误报的，作废该记录。",
    check=in_order(
        "finished_while_paused",
        statuses=(
            "11",
            "12",
            "13",
        ),
    ),
    good=(
        case(
            ("11", "09 09:00"),
            ("1", "02 09:00"),
            ("3", "02 10:00"),
            ("9", "03 09:00"),
            ("10", "05 09:00"),
        ),
        case(
            ("11", "05 09:00"),
            ("1", "02 09:00"),
            ("3", "02 10:00"),
            ("9", "03 09:00"),
            ("10", "05 09:00"),
        ),
    ),
    bad=(
        case(
            ("11", "09 09:00"),
            ("1", "02 09:00"),
            ("3", "02 10:00"),
            ("9", "03 09:00"),
            overdue=True,
        ),
        case(
            ("13", "09 09:00"),
            ("1", "02 09:00"),
            ("3", "02 10:00"),
            ("6", "03 09:00"),
            overdue=True,
        ),
    ),
    beside=(
        case(("5", "09 09:00"), ("1", "02 09:00"), ("6", "03 09:00"), overdue=True),
        undated("11", ("9", "02 09:00")),
    ),
    open=(case(("11", "09 09:00"), ("1", "02 09:00"), ("3", "02 10:00"), ("9", "03 09:00")),),
    boundary=(
        (
            case(
                ("12", "05 09:00"),
                ("1", "02 09:00"),
                ("3", "02 10:00"),
                ("6", "03 09:00"),
                ("7", "05 09:00"),
            ),
            True,
        ),
        (
            case(
                ("12", "05 09:00"),
                ("1", "02 09:00"),
                ("3", "02 10:00"),
                ("6", "03 09:00"),
                ("7", "05 09:01"),
                overdue=True,
            ),
            False,
        ),
    ),
)
