"""竣工验收备案日期早于竣工日期。"""

from validators.expression import day
from validators.rule import Holds, Rule

RULE = Rule(
    code="PER-016/filed_before_completion",
    kind="time_order",
    tables=("SPGL_JSGCJGYSBAXXB",),
    fields=("BARQ", "JGRQ"),
    versions=("3.0",),
    clause="PER-016",
    statement="备案日期不得早于竣工日期。",
    severity="error",
    dimension="accuracy",
    message="备案日期“{BARQ}”早于竣工日期“{JGRQ}”。",
    expected="不早于{JGRQ}",
    why="工程竣工验收合格后才能备案。",
    fix="对照竣工验收报告和备案表核对日期，更正后重新推送。",
    check=Holds(day("JGRQ") <= day("BARQ")),
    good=({"JGRQ": "2025-03-01", "BARQ": "2025-03-01"},),
    bad=({"JGRQ": "2025-03-01", "BARQ": "2025-02-28"},),
    beside=({"JGRQ": "2025-03-01", "BARQ": None}, {"JGRQ": "不详", "BARQ": "2025-02-28"}),
    boundary=(
        ({"JGRQ": "2024-03-01 00:00:00", "BARQ": "2024-03-01"}, True),
        ({"JGRQ": "2024-03-01", "BARQ": "2024-02-29"}, False),
    ),
)
