"""受理之前没有接件。"""

from validators.case_steps import in_order
from validators.rule import Rule
from validators.scenes import case, undated

RULE = Rule(
    code="PRC-003/accepted_without_receipt",
    kind="process",
    tables=("SPGL_XMSPSXBLXXXXB",),
    fields=("BLZT", "BLSJ"),
    clause="PRC-003",
    statement="受理（3）只能出现在接件（1）之后。",
    severity="error",
    dimension="consistency",
    message="受理“{BLSJ}”之前没有接件（1）记录。",
    expected="先有接件（1）记录",
    why="受理以接件为前提；没有接件，上级平台不认受理，办件时限无从起算。",
    fix="补推该办件的接件记录；接件记录被退回的，更正后重新推送。",
    check=in_order("accepted_without_receipt", statuses=("3",)),
    good=(
        case(("3", "02 10:00"), ("1", "02 09:00")),
        case(("3", "02 09:00"), ("1", "02 09:00")),
    ),
    bad=(
        case(("3", "02 10:00"), overdue=True),
        case(("3", "02 10:00"), ("8", "02 11:00"), overdue=True),
    ),
    beside=(
        case(("8", "02 10:00"), overdue=True),
        undated("3", ("8", "02 11:00")),
    ),
    open=(case(("3", "02 10:00"), ("8", "02 11:00")),),
    boundary=(
        (case(("3", "02 09:00"), ("1", "02 09:01"), overdue=True), True),
        (case(("3", "02 10:00"), ("1", "02 09:00"), ("6", "02 09:30"), ("7", "02 09:45")), True),
        (case(("3", "02 10:00"), ("6", "02 09:30"), ("7", "02 09:45"), overdue=True), False),
    ),
)
