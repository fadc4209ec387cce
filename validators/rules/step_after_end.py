"""办件已结束，之后又有过程记录。"""

from validators.case_steps import in_order
from validators.rule import Rule
from validators.scenes import case, undated

RULE = Rule(
    code="PRC-011/step_after_end",
    kind="process",
    tables=("SPGL_XMSPSXBLXXXXB",),
    fields=("BLZT", "BLSJ"),
    clause="PRC-011",
    statement="撤件、不受理、不予受理、办结、撤回、撤销（2、4、5、11、12、13、14、15）后不得再有过程状态。",
    severity="error",
    dimension="consistency",
    message="办件已结束，又有办理状态“{BLZT}”的记录“{BLSJ}”。",
    expected="结束后没有过程记录",
    why="结束后的过程记录使办件状态倒退，上级平台会退回。",
    fix="核对结束状态：结束属误报的，作废结束的记录；本记录属误报的，作废本记录；重新申请的，以新的办件报送。",
    check=in_order("after_the_end"),
    good=(
        case(("8", "03 09:00"), ("1", "02 09:00"), ("3", "02 10:00"), ("11", "03 09:00")),
        case(("15", "09 09:00"), ("1", "02 09:00"), ("3", "02 10:00"), ("11", "05 09:00")),
    ),
    bad=(
        case(("8", "03 09:01"), ("1", "02 09:00"), ("3", "02 10:00"), ("11", "03 09:00")),
        case(("6", "04 09:00"), ("1", "02 09:00"), ("4", "03 09:00")),
    ),
    beside=(undated("8", ("11", "02 09:00")),),
    boundary=(
        (
            case(
                ("10", "03 09:00"),
                ("1", "02 09:00"),
                ("3", "02 10:00"),
                ("9", "02 11:00"),
                ("11", "03 09:00"),
            ),
            True,
        ),
        (case(("3", "02 10:00"), ("1", "02 09:00"), ("2", "02 10:00")), True),
        (case(("3", "02 10:01"), ("1", "02 09:00"), ("2", "02 10:00")), False),
    ),
)
