"""已受理，又报不受理或不予受理。"""

from validators.case_steps import in_order
from validators.rule import Rule
from validators.scenes import case, undated

RULE = Rule(
    code="PRC-012/declined_after_acceptance",
    kind="process",
    tables=("SPGL_XMSPSXBLXXXXB",),
    fields=("BLZT", "BLSJ"),
    clause="PRC-012",
    statement="不受理（4）、不予受理（5）不得出现在受理（3）之后。",
    severity="error",
    dimension="consistency",
    message="办件已受理，又报“{BLZT}”（不受理、不予受理）“{BLSJ}”。",
    expected="受理后不再报不受理（4）、不予受理（5）；不通过的报13",
    why="受理与不受理互相排斥，办件是否计时无法确定。",
    fix="受理属误报的，作废受理记录；已受理而不通过的，作废本记录，改报办结不通过（13）。",
    check=in_order(
        "declined_after_acceptance",
        statuses=(
            "4",
            "5",
        ),
    ),
    good=(
        case(("5", "03 09:00"), ("1", "02 09:00"), ("6", "02 10:00")),
        case(("4", "02 09:30"), ("1", "02 09:00"), ("3", "02 10:00")),
    ),
    bad=(
        case(("5", "03 09:00"), ("1", "02 09:00"), ("3", "02 10:00")),
        case(("4", "03 09:00"), ("1", "02 09:00"), ("3", "02 10:00")),
    ),
    beside=(
        case(("13", "03 09:00"), ("1", "02 09:00"), ("3", "02 10:00")),
        undated("5", ("3", "02 09:00")),
    ),
    boundary=(
        (case(("5", "02 09:59"), ("1", "02 09:00"), ("3", "02 10:00")), True),
        (case(("5", "02 10:00"), ("1", "02 09:00"), ("3", "02 10:00")), False),
    ),
)
