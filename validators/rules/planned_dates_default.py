"""拟开工或拟建成时间是1970年的缺省值。"""

from datetime import date

from validators.expression import day
from validators.rule import Holds, Rule

FIRST = date(1971, 1, 1)


RULE = Rule(
    code="PRJ-014/planned_dates_default",
    kind="quality",
    tables=("SPGL_XMJBXXB",),
    fields=("NKGSJ", "NJCSJ"),
    clause="PRJ-014",
    statement="拟开工、拟建成时间不得以1970年的日期充数。",
    severity="warning",
    dimension="accuracy",
    message="拟开工时间“{NKGSJ}”、拟建成时间“{NJCSJ}”是系统缺省值。",
    expected="项目实际计划的日期",
    why="1970年是计算机系统的时间起点，出现这一年份说明日期没有填写。",
    fix="对照立项批复填写拟开工、拟建成时间后重新推送。",
    check=Holds((day("NKGSJ") >= FIRST) & (day("NJCSJ") >= FIRST)),
    good=({"NKGSJ": "1971-01-01", "NJCSJ": "1971-01-01"},),
    bad=({"NKGSJ": "1970-01-01", "NJCSJ": "1970-12-31"}, {"NKGSJ": "1970-12-31", "NJCSJ": None}),
    beside=({"NKGSJ": None, "NJCSJ": None}, {"NKGSJ": "2026-01-01", "NJCSJ": None}),
    boundary=(
        ({"NKGSJ": "1971-01-01", "NJCSJ": "1971-01-02"}, True),
        ({"NKGSJ": "1971-01-01", "NJCSJ": "1970-12-31"}, False),
        ({"NKGSJ": "1970-12-31", "NJCSJ": "1971-01-01"}, False),
    ),
)
