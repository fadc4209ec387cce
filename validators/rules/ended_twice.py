"""办件已结束，之后又报结束。"""

from validators.case_steps import in_order
from validators.rule import Rule
from validators.scenes import case, undated

RULE = Rule(
    code="PRC-011/ended_twice",
    kind="process",
    tables=("SPGL_XMSPSXBLXXXXB",),
    fields=("BLZT", "BLSJ"),
    clause="PRC-011",
    statement="办件已结束的，除办结通过后撤销（15）外，不应再报结束状态。",
    severity="warning",
    milder="条文只禁止结束之后再有过程状态；再报结束状态是否退回，公开资料没有说明。",
    dimension="consistency",
    message="办件已结束，又报结束状态“{BLZT}”“{BLSJ}”。",
    expected="一个结束状态",
    why="两个结束状态使办件结果无法确定，统计会重复。",
    fix="保留正确的一条；另一条以数据有效标识为0、写明原因的记录作废。",
    check=in_order(
        "ended_twice",
        statuses=(
            "2",
            "4",
            "5",
            "11",
            "12",
            "13",
            "14",
            "15",
        ),
    ),
    good=(
        case(("11", "05 09:00"), ("1", "02 09:00"), ("3", "02 10:00")),
        case(("15", "09 09:00"), ("1", "02 09:00"), ("3", "02 10:00"), ("12", "05 09:00")),
    ),
    bad=(case(("13", "06 09:00"), ("1", "02 09:00"), ("3", "02 10:00"), ("11", "05 09:00")),),
    beside=(
        case(("8", "06 09:00"), ("1", "02 09:00"), ("3", "02 10:00"), ("11", "05 09:00")),
        undated("11", ("11", "02 09:00")),
    ),
)
