"""办理时间只有日期，没有时分秒。"""

from datetime import datetime

from validators.expression import moment
from validators.rule import Holds, Rule


def _is_midnight(at: datetime) -> bool:
    return (at.hour, at.minute, at.second) == (0, 0, 0)


RULE = Rule(
    code="INS-020/handled_at_midnight",
    kind="mandatory",
    tables=("SPGL_XMSPSXBLXXXXB",),
    fields=("BLSJ",),
    clause="INS-020",
    statement="办理时间应精确到秒。",
    severity="warning",
    milder="零点整也可能是真实时间，不作拒收",
    dimension="accuracy",
    message="办理时间“{BLSJ}”为零点整，疑只有日期。",
    expected="实际办理的时、分、秒",
    why="同一天的多个环节没有时分秒就无法排出先后，时限也算不准。",
    fix="从业务系统取实际办理时间（精确到秒），更正后重新推送。",
    check=Holds(~moment("BLSJ").through("midnight", _is_midnight)),
    good=({"BLSJ": "2026-03-02 00:00:01"}, {"BLSJ": "2026-03-02 09:30:00"}),
    bad=({"BLSJ": "2026-03-02 00:00:00"},),
    beside=({"BLSJ": None}, {"BLSJ": "2026-03-02"}),
    boundary=(
        ({"BLSJ": "2026-03-02 23:59:59"}, True),
        ({"BLSJ": "2026-03-02 00:01:00"}, True),
        ({"BLSJ": "2026-03-02 01:00:00"}, True),
        ({"BLSJ": "2026-03-03 00:00:00"}, False),
    ),
)
