"""办理时间在非工作日或深夜。"""

from datetime import datetime

from schemas.calendar import is_working_day
from validators.expression import moment
from validators.rule import Holds, Rule

OPENS, CLOSES = 6, 22
"""Hours of the day; wide, because windows and departments differ."""


def _is_midnight(at: datetime) -> bool:
    return (at.hour, at.minute, at.second) == (0, 0, 0)


def _in_office_hours(at: datetime) -> bool:
    return OPENS <= at.hour < CLOSES and is_working_day(at.date())


RULE = Rule(
    code="LIM-012/handled_outside_office_hours",
    kind="quality",
    tables=("SPGL_XMSPSXBLXXXXB",),
    fields=("BLSJ",),
    clause="LIM-012",
    statement="办理时间在非工作日或深夜的办件应提示核查。",
    severity="info",
    dimension="accuracy",
    owner="department",
    message="办理时间“{BLSJ}”在非工作日或深夜。",
    expected="一般在工作日的工作时间内",
    why="非工作时间的办理记录多为补录，或业务系统时钟不准。",
    fix="请核对；属网上申报接件、自动办结或加班办理的不必处理。",
    check=Holds(
        moment("BLSJ").through("in office hours", _in_office_hours),
        when=~moment("BLSJ").through("only a date", _is_midnight),
    ),
    good=({"BLSJ": "2026-03-02 06:00:00"}, {"BLSJ": "2026-03-02 21:59:59"}),
    bad=(
        {"BLSJ": "2026-03-02 22:00:00"},
        {"BLSJ": "2026-03-01 10:00:00"},
        {"BLSJ": "2026-03-02 05:59:59"},
    ),
    beside=({"BLSJ": None}, {"BLSJ": "2026-03-01 00:00:00"}),
    boundary=(
        ({"BLSJ": "2026-02-28 10:00:00"}, True),
        ({"BLSJ": "2026-04-06 10:00:00"}, False),
        ({"BLSJ": "2026-03-02 00:00:01"}, False),
    ),
)
