"""办理记录在办理之后很久才上报。"""

from datetime import timedelta

from validators.expression import moment
from validators.rule import Holds, Rule

LONGEST = timedelta(days=30)
"""Our own default: no public text says how late is too late."""


RULE = Rule(
    code="LIM-010/reported_long_after_event",
    kind="timeliness",
    tables=("SPGL_XMSPSXBLXXXXB",),
    fields=("SCSJ", "BLSJ"),
    clause="LIM-010",
    statement="上报时间与办理时间相差过大的，视为补录或体外办理，应核查。",
    severity="info",
    milder="是提示核查的问题，不是可以改正重报的错误：已经迟报的记录不能改成按时上报。",
    dimension="timeliness",
    message="办理时间“{BLSJ}”，上报时间“{SCSJ}”，相差超过30天。",
    expected="办理后即时上报",
    why="相差过大说明环节在系统之外办理、事后补录，过程数据不可信。",
    fix="核查是否体外办理并说明情况；今后随办随报。",
    check=Holds(moment("SCSJ") <= moment("BLSJ") + LONGEST),
    good=({"BLSJ": "2026-03-02 09:00:00", "SCSJ": "2026-04-01 09:00:00"},),
    bad=({"BLSJ": "2026-03-02 09:00:00", "SCSJ": "2026-04-01 09:00:01"},),
    beside=({"BLSJ": "2026-03-02 09:00:00", "SCSJ": None},),
    boundary=(
        ({"BLSJ": "2024-02-01 09:00:00", "SCSJ": "2024-03-02 09:00:00"}, True),
        ({"BLSJ": "2026-02-01 09:00:00", "SCSJ": "2026-03-03 09:00:01"}, False),
    ),
)
