"""计划开工日期不早于计划竣工日期。"""

from validators.expression import day
from validators.rule import Holds, Rule

RULE = Rule(
    code="PER-015/planned_start_after_completion",
    kind="time_order",
    tables=("SPGL_JZGCSGXKXXB",),
    fields=("JHJGRQ", "JHKGRQ"),
    versions=("3.0",),
    clause="PER-015",
    statement="计划开工日期须早于计划竣工日期。",
    severity="error",
    dimension="accuracy",
    message="计划竣工日期“{JHJGRQ}”不晚于计划开工日期“{JHKGRQ}”。",
    expected="晚于{JHKGRQ}",
    why="先开工才能竣工，倒置的工期说明日期填错。",
    fix="对照施工合同核对计划工期，更正后重新推送。",
    check=Holds(day("JHKGRQ") < day("JHJGRQ")),
    good=({"JHKGRQ": "2026-03-01", "JHJGRQ": "2026-03-02"},),
    bad=({"JHKGRQ": "2026-03-01", "JHJGRQ": "2026-03-01"},),
    beside=({"JHKGRQ": "2026-03-01", "JHJGRQ": None}, {"JHKGRQ": "不详", "JHJGRQ": "2026-03-01"}),
    boundary=(
        ({"JHKGRQ": "2024-02-28", "JHJGRQ": "2024-02-29"}, True),
        ({"JHKGRQ": "2024-02-29", "JHJGRQ": "2024-02-29 00:00:00"}, False),
    ),
)
