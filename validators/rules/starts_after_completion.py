"""拟开工时间不早于拟建成时间。"""

from validators.expression import day
from validators.rule import Holds, Rule

RULE = Rule(
    code="PRJ-005/starts_after_completion",
    kind="time_order",
    tables=("SPGL_XMJBXXB",),
    fields=("NJCSJ", "NKGSJ"),
    clause="PRJ-005",
    statement="拟开工时间须早于拟建成时间。",
    severity="error",
    dimension="accuracy",
    message="拟建成时间“{NJCSJ}”不晚于拟开工时间“{NKGSJ}”。",
    expected="晚于{NKGSJ}",
    why="先开工才能建成；国家系统以此校验（错误码130），不符的项目不能入库。",
    fix="对照立项批复核对拟开工、拟建成时间，更正后重新推送。",
    check=Holds(day("NKGSJ") < day("NJCSJ")),
    good=({"NKGSJ": "2026-03-01", "NJCSJ": "2026-03-02"},),
    bad=({"NKGSJ": "2026-03-01", "NJCSJ": "2026-03-01"},),
    beside=({"NKGSJ": "2026-03-01", "NJCSJ": None}, {"NKGSJ": "不详", "NJCSJ": "2026-03-01"}),
    boundary=(
        ({"NKGSJ": "2024-02-28", "NJCSJ": "2024-02-29"}, True),
        ({"NKGSJ": "2024-02-29", "NJCSJ": "2024-02-29 00:00:00"}, False),
    ),
)
