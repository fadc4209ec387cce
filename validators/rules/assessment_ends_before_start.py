"""区域评估成果的截止日期早于生效日期。"""

from validators.expression import day
from validators.rule import Holds, Rule

RULE = Rule(
    code="FLW-034/assessment_ends_before_start",
    kind="time_order",
    tables=("SPGL_QYPGSXXXB",),
    fields=("QYPGCGJZRQ", "QYPGCGSXRQ"),
    versions=("3.0",),
    clause="FLW-034",
    statement="区域评估成果截止日期不得早于生效日期。",
    severity="error",
    dimension="accuracy",
    message="区域评估成果截止日期“{QYPGCGJZRQ}”早于生效日期“{QYPGCGSXRQ}”。",
    expected="不早于{QYPGCGSXRQ}",
    why="期限倒置的成果从未有效，不能用于简化审批。",
    fix="对照评估成果文件核对起止日期，更正后重新推送。",
    check=Holds(day("QYPGCGSXRQ") <= day("QYPGCGJZRQ")),
    good=({"QYPGCGSXRQ": "2024-01-01", "QYPGCGJZRQ": "2024-01-01"},),
    bad=({"QYPGCGSXRQ": "2024-01-01", "QYPGCGJZRQ": "2023-12-31"},),
    beside=(
        {"QYPGCGSXRQ": "2024-01-01", "QYPGCGJZRQ": None},
        {"QYPGCGSXRQ": "不详", "QYPGCGJZRQ": "2023-12-31"},
    ),
    boundary=(
        ({"QYPGCGSXRQ": "2024-03-01 00:00:00", "QYPGCGJZRQ": "2024-03-01"}, True),
        ({"QYPGCGSXRQ": "2024-03-01", "QYPGCGJZRQ": "2024-02-29"}, False),
    ),
)
