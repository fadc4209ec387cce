"""未受理、未开始办理，办件已办结。"""

from validators.case_steps import in_order
from validators.rule import Rule
from validators.scenes import case, undated

RULE = Rule(
    code="PRC-009/finished_without_acceptance",
    kind="process",
    tables=("SPGL_XMSPSXBLXXXXB",),
    fields=("BLZT", "BLSJ"),
    clause="PRC-009",
    statement="办结（11、12）前须有受理（3）或部门开始办理（8）；办结不通过（13）见 PRC-010。",
    severity="error",
    dimension="consistency",
    message="办结“{BLSJ}”之前没有受理（3）或部门开始办理（8）记录。",
    expected="先有受理（3）或部门开始办理（8）记录",
    why="只报结果、不报过程，办件用时无从计算，视为体外办理。",
    fix="补推该办件的受理、部门开始办理记录；已推送而被退回的，更正后重新推送。",
    check=in_order(
        "finished_without_acceptance",
        statuses=(
            "11",
            "12",
        ),
    ),
    good=(
        case(("11", "05 09:00"), ("1", "02 09:00"), ("3", "02 10:00")),
        case(("12", "05 09:00"), ("1", "02 09:00"), ("8", "05 09:00")),
    ),
    bad=(case(("11", "05 09:00"), ("1", "02 09:00"), overdue=True),),
    beside=(
        case(("13", "05 09:00"), ("1", "02 09:00"), overdue=True),
        undated("11", ("1", "02 09:00")),
    ),
    open=(case(("11", "05 09:00"), ("1", "02 09:00")),),
    boundary=(
        (case(("11", "02 10:00"), ("1", "02 09:00"), ("3", "02 10:00")), True),
        (
            case(
                ("12", "05 09:00"),
                ("1", "02 09:00"),
                ("6", "03 09:00"),
                ("7", "04 09:00"),
                overdue=True,
            ),
            False,
        ),
    ),
)
