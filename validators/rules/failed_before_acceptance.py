"""未受理即退回，报成了办结不通过。"""

from validators.case_steps import in_order
from validators.rule import Rule
from validators.scenes import case, undated

RULE = Rule(
    code="PRC-010/failed_before_acceptance",
    kind="process",
    tables=("SPGL_XMSPSXBLXXXXB",),
    fields=("BLZT", "BLSJ"),
    clause="PRC-010",
    statement="未受理即退回的应报不予受理（5）或不受理（4），不得报办结不通过（13）。",
    severity="error",
    dimension="consistency",
    message="办结不通过“{BLSJ}”之前没有受理（3）或部门开始办理（8）记录。",
    expected="不予受理（5）或不受理（4）；已受理的，先有受理（3）记录",
    why="未受理的退回不计入办结；混报会使办结率、超期率失真。",
    fix="未受理的，作废本记录，改报不予受理（5）或不受理（4）；已受理的，补推受理记录。",
    check=in_order("failed_before_acceptance", statuses=("13",)),
    good=(
        case(("13", "05 09:00"), ("1", "02 09:00"), ("3", "02 10:00")),
        case(("13", "05 09:00"), ("1", "02 09:00"), ("8", "05 09:00")),
    ),
    bad=(case(("13", "05 09:00"), ("1", "02 09:00"), overdue=True),),
    beside=(
        case(("11", "05 09:00"), ("1", "02 09:00"), overdue=True),
        undated("13", ("1", "02 09:00")),
    ),
    open=(case(("13", "05 09:00"), ("1", "02 09:00")),),
    boundary=(
        (case(("13", "02 10:00"), ("1", "02 09:00"), ("3", "02 10:00")), True),
        (
            case(
                ("13", "05 09:00"),
                ("1", "02 09:00"),
                ("6", "03 09:00"),
                ("7", "04 09:00"),
                overdue=True,
            ),
            False,
        ),
    ),
)
