"""没有初审的施工图，审查通过早于审查开始。"""

from validators.expression import day, empty
from validators.rule import Holds, Rule

RULE = Rule(
    code="PER-023/passed_before_review_began",
    kind="time_order",
    tables=("SPGL_SGTSJWJSCXXB",),
    fields=("SCTGSJ", "SCKSRQ"),
    clause="PER-023",
    statement="审查通过时间不得早于审查开始日期。",
    severity="error",
    dimension="accuracy",
    message="审查通过时间“{SCTGSJ}”早于审查开始日期“{SCKSRQ}”。",
    expected="不早于{SCKSRQ}",
    why="审查开始后才能通过审查。",
    fix="在审图系统中核对各环节时间，更正后重新推送。",
    check=Holds(day("SCKSRQ") <= day("SCTGSJ"), when=empty("CSWCSJ")),
    good=({"SCKSRQ": "2026-03-02", "SCTGSJ": "2026-03-02 09:00:00"},),
    bad=({"SCKSRQ": "2026-03-02", "SCTGSJ": "2026-03-01 18:00:00"},),
    beside=(
        {"SCKSRQ": "2026-03-02", "SCTGSJ": "2026-03-01 18:00:00", "CSWCSJ": "2026-03-02 10:00:00"},
    ),
    boundary=(
        ({"SCKSRQ": "2026-03-02", "SCTGSJ": "2026-03-02 00:00:00", "CSWCSJ": " "}, True),
        ({"SCKSRQ": "2026-03-02", "SCTGSJ": "2026-03-01 23:59:59", "CSWCSJ": " "}, False),
    ),
)
