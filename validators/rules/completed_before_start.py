"""竣工日期不晚于开工日期。"""

from validators.expression import day
from validators.rule import Holds, Rule

RULE = Rule(
    code="PER-016/completed_before_start",
    kind="time_order",
    tables=("SPGL_JSGCJGYSBAXXB",),
    fields=("JGRQ", "KGRQ"),
    versions=("3.0",),
    clause="PER-016",
    statement="开工日期须早于竣工日期。",
    severity="error",
    dimension="accuracy",
    message="竣工日期“{JGRQ}”不晚于开工日期“{KGRQ}”。",
    expected="晚于{KGRQ}",
    why="先开工才能竣工，倒置的日期说明填写有误。",
    fix="对照竣工验收报告核对开工、竣工日期，更正后重新推送。",
    check=Holds(day("KGRQ") < day("JGRQ")),
    good=({"KGRQ": "2025-03-01", "JGRQ": "2025-03-02"},),
    bad=({"KGRQ": "2025-03-01", "JGRQ": "2025-03-01"},),
    beside=({"KGRQ": "2025-03-01", "JGRQ": None}, {"KGRQ": "不详", "JGRQ": "2025-03-01"}),
    boundary=(
        ({"KGRQ": "2024-02-28", "JGRQ": "2024-02-29"}, True),
        ({"KGRQ": "2024-02-29", "JGRQ": "2024-02-29 00:00:00"}, False),
    ),
)
