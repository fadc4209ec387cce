"""停用日期早于生效日期。"""

from validators.expression import day
from validators.rule import Holds, Rule

RULE = Rule(
    code="FLW-031/stopped_before_in_force",
    kind="time_order",
    tables=("SPGL_SPLCXXB", "SPGL_SPSXJBXXB"),
    fields=("TYRQ", "SXRQ"),
    versions=("3.0",),
    clause="FLW-031",
    statement="停用日期不得早于生效日期。",
    severity="error",
    dimension="accuracy",
    message="停用日期“{TYRQ}”早于生效日期“{SXRQ}”。",
    expected="不早于{SXRQ}",
    why="先生效才能停用，倒置的日期会使该版本从未有效，引用它的项目和办件全部失去依据。",
    fix="核对公布的启用、停用时间，更正后重新推送。",
    check=Holds(day("SXRQ") <= day("TYRQ")),
    good=({"SXRQ": "2024-01-01", "TYRQ": "2024-01-01"},),
    bad=({"SXRQ": "2024-01-01", "TYRQ": "2023-12-31"},),
    beside=({"SXRQ": "2024-01-01", "TYRQ": None}, {"SXRQ": "不详", "TYRQ": "2023-12-31"}),
    boundary=(
        ({"SXRQ": "2024-03-01 00:00:00", "TYRQ": "2024-03-01"}, True),
        ({"SXRQ": "2024-03-01", "TYRQ": "2024-02-29"}, False),
    ),
)
