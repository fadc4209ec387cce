"""项目完全办结时间早于申报时间。"""

from validators.expression import moment
from validators.rule import Holds, Rule

RULE = Rule(
    code="PRJ-007/finished_before_application",
    kind="time_order",
    tables=("SPGL_XMJBXXB",),
    fields=("XMWQBJSJ", "SBSJ"),
    clause="PRJ-007",
    statement="项目完全办结时间不得早于申报时间。",
    severity="error",
    dimension="accuracy",
    message="项目完全办结时间“{XMWQBJSJ}”早于申报时间“{SBSJ}”。",
    expected="不早于{SBSJ}",
    why="先申报才能办结，倒置的时间会使项目用时成为负数。",
    fix="核对申报和办结时间，更正后重新推送。",
    check=Holds(moment("SBSJ") <= moment("XMWQBJSJ")),
    good=({"SBSJ": "2026-03-01 09:00:00", "XMWQBJSJ": "2026-03-01 09:00:00"},),
    bad=({"SBSJ": "2026-03-01 09:00:00", "XMWQBJSJ": "2026-03-01 08:59:59"},),
    beside=({"SBSJ": "2026-03-01 09:00:00", "XMWQBJSJ": None},),
    boundary=(
        ({"SBSJ": "2025-12-31 23:59:59", "XMWQBJSJ": "2026-01-01 00:00:00"}, True),
        ({"SBSJ": "2026-01-01 00:00:00", "XMWQBJSJ": "2025-12-31 23:59:59"}, False),
    ),
)
