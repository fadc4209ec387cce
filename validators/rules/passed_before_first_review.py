"""施工图审查通过早于初审完成。"""

from validators.expression import moment
from validators.rule import Holds, Rule

RULE = Rule(
    code="PER-023/passed_before_first_review",
    kind="time_order",
    tables=("SPGL_SGTSJWJSCXXB",),
    fields=("SCTGSJ", "CSWCSJ"),
    clause="PER-023",
    statement="审查通过时间不得早于初审完成时间。",
    severity="error",
    dimension="accuracy",
    message="审查通过时间“{SCTGSJ}”早于初审完成时间“{CSWCSJ}”。",
    expected="不早于{CSWCSJ}",
    why="初审完成后才能通过审查。",
    fix="在审图系统中核对各环节时间，更正后重新推送。",
    check=Holds(moment("CSWCSJ") <= moment("SCTGSJ")),
    good=({"CSWCSJ": "2026-03-02 09:00:00", "SCTGSJ": "2026-03-02 09:00:00"},),
    bad=({"CSWCSJ": "2026-03-02 09:00:01", "SCTGSJ": "2026-03-02 09:00:00"},),
    beside=({"CSWCSJ": None, "SCTGSJ": "2026-03-02 09:00:00"},),
    boundary=(
        ({"CSWCSJ": "2026-03-02 23:59:59", "SCTGSJ": "2026-03-03 00:00:00"}, True),
        ({"CSWCSJ": "2026-03-03 00:00:00", "SCTGSJ": "2026-03-02 23:59:59"}, False),
    ),
)
