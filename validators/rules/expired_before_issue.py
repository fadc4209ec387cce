"""批复文件的有效期限早于批复日期。"""

from validators.expression import day
from validators.rule import Holds, Rule

RULE = Rule(
    code="PRC-023/expired_before_issue",
    kind="time_order",
    tables=("SPGL_XMSPSXPFWJXXB",),
    fields=("PFWJYXQX", "PFRQ"),
    clause="PRC-023",
    statement="批复文件有效期限不得早于批复日期。",
    severity="error",
    dimension="accuracy",
    message="批复文件有效期限“{PFWJYXQX}”早于批复日期“{PFRQ}”。",
    expected="不早于{PFRQ}；无期限的填9999-01-01",
    why="批复作出时已过期，说明日期填错；无期限的应填9999-01-01。",
    fix="对照批复文件核对日期，更正后重新推送。",
    check=Holds(day("PFRQ") <= day("PFWJYXQX")),
    good=({"PFRQ": "2026-03-01", "PFWJYXQX": "2026-03-01"},),
    bad=({"PFRQ": "2026-03-01", "PFWJYXQX": "2026-02-28"},),
    beside=({"PFRQ": "2026-03-01", "PFWJYXQX": None}, {"PFRQ": "不详", "PFWJYXQX": "2026-02-28"}),
    boundary=(
        ({"PFRQ": "2026-03-01", "PFWJYXQX": "9999-01-01"}, True),
        ({"PFRQ": "2024-03-01", "PFWJYXQX": "2024-02-29"}, False),
    ),
)
