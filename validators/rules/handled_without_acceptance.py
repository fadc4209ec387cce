"""部门开始办理之前没有受理。"""

from validators.case_steps import in_order
from validators.rule import Rule
from validators.scenes import case, undated

RULE = Rule(
    code="PRC-004/handled_without_acceptance",
    kind="process",
    tables=("SPGL_XMSPSXBLXXXXB",),
    fields=("BLZT", "BLSJ"),
    clause="PRC-004",
    statement="部门开始办理（8）应在受理（3）之后。",
    severity="error",
    dimension="consistency",
    message="部门开始办理“{BLSJ}”之前没有受理（3）记录。",
    expected="先有受理（3）记录",
    why="未受理即办理，属于体外办理；办件时限从受理起算。",
    fix="补推该办件的受理记录；受理记录被退回的，更正后重新推送。",
    check=in_order("handled_without_acceptance", statuses=("8",)),
    good=(
        case(("8", "02 11:00"), ("1", "02 09:00"), ("3", "02 10:00")),
        case(("8", "02 10:00"), ("1", "02 09:00"), ("3", "02 10:00")),
    ),
    bad=(case(("8", "02 11:00"), ("1", "02 09:00"), overdue=True),),
    beside=(
        case(("11", "02 11:00"), ("1", "02 09:00"), overdue=True),
        undated("8", ("1", "02 09:00")),
    ),
    open=(case(("8", "02 11:00"), ("1", "02 09:00")),),
    boundary=(
        (case(("8", "02 09:59"), ("1", "02 09:00"), ("3", "02 10:00"), overdue=True), True),
        (
            case(
                ("8", "04 09:00"),
                ("1", "02 09:00"),
                ("6", "03 09:00"),
                ("7", "04 09:00"),
                overdue=True,
            ),
            False,
        ),
    ),
)
