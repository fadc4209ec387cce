"""办理时间倒序：应在前面的环节反而在后。"""

from validators.case_steps import in_order
from validators.rule import Rule
from validators.scenes import case, undated

RULE = Rule(
    code="PRC-002/step_out_of_order",
    kind="time_order",
    tables=("SPGL_XMSPSXBLXXXXB",),
    fields=("BLZT", "BLSJ"),
    clause="PRC-002",
    statement="同一办件办理时间不得倒序。",
    severity="error",
    dimension="consistency",
    message="办理状态“{BLZT}”的时间“{BLSJ}”早于应在其前的环节。",
    expected="晚于应在其前的环节",
    why="时间倒序的办件，各环节用时为负，超期判断和统计都会出错。",
    fix="对照审批系统核对两条记录的办理时间，更正后重新推送。",
    check=in_order("out_of_order"),
    good=(
        case(("3", "02 09:00"), ("1", "02 09:00")),
        case(("7", "04 09:00"), ("1", "02 09:00"), ("6", "03 09:00")),
    ),
    bad=(
        case(("3", "02 08:59"), ("1", "02 09:00"), overdue=True),
        case(("11", "02 09:30"), ("1", "02 09:00"), ("3", "02 10:00"), overdue=True),
        case(("7", "02 10:00"), ("1", "02 09:00"), ("6", "03 09:00"), overdue=True),
    ),
    beside=(undated("3", ("1", "02 09:00")),),
    open=(case(("3", "02 08:59"), ("1", "02 09:00")),),
    boundary=(
        (case(("8", "02 10:00"), ("1", "02 09:00"), ("3", "02 10:00")), True),
        (case(("8", "02 09:59"), ("1", "02 09:00"), ("3", "02 10:00"), overdue=True), False),
    ),
)
