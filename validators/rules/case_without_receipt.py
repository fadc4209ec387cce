"""办件没有接件记录，却有其他办理记录。"""

from validators.case_steps import in_order
from validators.rule import Rule
from validators.scenes import case, undated

RULE = Rule(
    code="PRC-001/case_without_receipt",
    kind="process",
    tables=("SPGL_XMSPSXBLXXXXB",),
    fields=("BLZT", "BLSJ"),
    clause="PRC-001",
    statement="办件的首条办理记录应为接件（1）。",
    severity="error",
    dimension="consistency",
    message="办件在“{BLSJ}”有办理状态“{BLZT}”的记录，此前没有接件（1）记录。",
    expected="先有接件（1）记录",
    why="办件从接件开始；没有接件记录，上级平台不认后面的办理过程，用时也无从起算。",
    fix="补推该办件的接件记录；已推送而被退回的，更正后重新推送。",
    check=in_order(
        "no_receipt",
        statuses=(
            "2",
            "4",
            "5",
            "6",
            "9",
            "14",
        ),
    ),
    good=(
        case(("6", "02 10:00"), ("1", "02 09:00")),
        case(("4", "02 09:00"), ("1", "02 09:00")),
    ),
    bad=(case(("6", "02 10:00"), ("8", "02 11:00"), overdue=True),),
    beside=(
        case(("3", "02 10:00"), overdue=True),
        undated("6", ("8", "02 11:00")),
    ),
    open=(case(("6", "02 10:00"), ("8", "02 11:00")),),
    boundary=(
        (case(("2", "02 10:00"), ("8", "02 11:00"), overdue=True), False),
        (case(("4", "02 10:00"), ("8", "02 11:00"), overdue=True), False),
        (case(("5", "02 10:00"), ("8", "02 11:00"), overdue=True), False),
        (case(("9", "02 10:00"), ("8", "02 11:00"), overdue=True), False),
        (case(("14", "02 10:00"), ("8", "02 11:00"), overdue=True), False),
    ),
)
