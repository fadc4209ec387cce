"""撤销了没有通过的办件。"""

from validators.case_steps import in_order
from validators.rule import Rule
from validators.scenes import case, undated

RULE = Rule(
    code="PRC-013/revoked_without_pass",
    kind="process",
    tables=("SPGL_XMSPSXBLXXXXB",),
    fields=("BLZT", "BLSJ"),
    clause="PRC-013",
    statement="撤销（15）只适用于已通过的办件。",
    severity="warning",
    dimension="consistency",
    message="撤销“{BLSJ}”之前没有办结通过（11）或容缺通过（12）记录。",
    expected="先有办结通过（11）或容缺通过（12）记录",
    why="撤销针对已作出的准予决定；未办结的应报撤回（14）或撤件（2）。",
    fix="已通过的，补推办结记录；未通过的，作废本记录，改报撤回（14）或撤件（2）。",
    check=in_order("revoked_without_pass", statuses=("15",)),
    good=(
        case(("15", "09 09:00"), ("1", "02 09:00"), ("3", "02 10:00"), ("11", "05 09:00")),
        case(("15", "09 09:00"), ("1", "02 09:00"), ("3", "02 10:00"), ("12", "09 09:00")),
    ),
    bad=(case(("15", "09 09:00"), ("1", "02 09:00"), ("3", "02 10:00"), overdue=True),),
    beside=(
        case(("14", "09 09:00"), ("1", "02 09:00"), overdue=True),
        undated("15", ("3", "02 09:00")),
    ),
    open=(case(("15", "09 09:00"), ("1", "02 09:00"), ("3", "02 10:00")),),
    boundary=(
        (case(("15", "05 09:00"), ("1", "02 09:00"), ("3", "02 10:00"), ("11", "05 09:00")), True),
        (case(("15", "09 09:00"), ("1", "02 09:00"), ("3", "02 10:00"), ("13", "05 09:00")), True),
        (
            case(
                ("15", "09 09:00"),
                ("1", "02 09:00"),
                ("3", "02 10:00"),
                ("8", "05 09:00"),
                overdue=True,
            ),
            False,
        ),
    ),
)
