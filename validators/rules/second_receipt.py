"""同一办件有两条有效的接件记录。"""

from validators.case_steps import STEPS, in_order
from validators.rule import Rule, Scene
from validators.scenes import case, step, undated

RULE = Rule(
    code="PRC-001/second_receipt",
    kind="process",
    tables=("SPGL_XMSPSXBLXXXXB",),
    fields=("BLZT", "BLSJ"),
    clause="PRC-001",
    statement="一个办件只有一条有效接件（1）。",
    severity="error",
    dimension="consistency",
    message="办件已有接件记录，又报接件“{BLSJ}”。",
    expected="一条接件（1）记录",
    why="接件时间是办件用时和“首件”判断的起点，两条接件无法确定以哪一条为准。",
    fix="保留正确的一条；另一条以数据有效标识为0、写明原因的记录作废。",
    check=in_order("second_receipt"),
    good=(
        case(("1", "02 09:00"), ("3", "02 10:00")),
        case(("3", "02 10:00"), ("1", "02 09:00")),
    ),
    bad=(case(("1", "03 09:00"), ("1", "02 09:00"), ("3", "02 10:00")),),
    beside=(undated("1", ("1", "02 09:00")),),
    boundary=(
        (
            Scene(step("1", "02 09:01"), ((STEPS, step("1", "02 09:00") | {"SPSXSLBM": "BJ-2"}),)),
            True,
        ),
        (case(("1", "02 09:01"), ("1", "02 09:00")), False),
        (case(("1", "02 09:00"), ("1", "02 09:01")), False),
    ),
)
