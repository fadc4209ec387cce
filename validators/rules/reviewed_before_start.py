"""施工图初审完成早于审查开始。"""

from validators.expression import day
from validators.rule import Holds, Rule

RULE = Rule(
    code="PER-023/reviewed_before_start",
    kind="time_order",
    tables=("SPGL_SGTSJWJSCXXB",),
    fields=("CSWCSJ", "SCKSRQ"),
    versions=("3.0",),
    clause="PER-023",
    statement="初审完成时间不得早于审查开始日期。",
    severity="error",
    dimension="accuracy",
    message="初审完成时间“{CSWCSJ}”早于审查开始日期“{SCKSRQ}”。",
    expected="不早于{SCKSRQ}",
    why="审查开始后才有初审结果。",
    fix="在审图系统中核对各环节时间，更正后重新推送。",
    check=Holds(day("SCKSRQ") <= day("CSWCSJ")),
    good=({"SCKSRQ": "2026-03-02", "CSWCSJ": "2026-03-02 09:00:00"},),
    bad=({"SCKSRQ": "2026-03-02", "CSWCSJ": "2026-03-01 18:00:00"},),
    beside=(
        {"SCKSRQ": "2026-03-02", "CSWCSJ": None},
        {"SCKSRQ": "不详", "CSWCSJ": "2026-03-01 18:00:00"},
    ),
    boundary=(
        ({"SCKSRQ": "2026-03-02", "CSWCSJ": "2026-03-02 00:00:00"}, True),
        ({"SCKSRQ": "2026-03-02", "CSWCSJ": "2026-03-01 23:59:59"}, False),
    ),
)
