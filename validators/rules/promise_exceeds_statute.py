"""承诺办结时限大于法定办结时限。"""

from validators.expression import code, number
from validators.rule import Holds, Rule

RULE = Rule(
    code="FLW-023/promise_exceeds_statute",
    kind="cross_field",
    tables=("SPGL_SPSXJBXXB",),
    fields=("CNBJSX", "FDBJSX"),
    versions=("3.0",),
    clause="FLW-023",
    statement="承诺办结时限不得大于法定办结时限（单位一致时）。",
    severity="warning",
    dimension="consistency",
    message="承诺办结时限“{CNBJSX}”大于法定办结时限“{FDBJSX}”。",
    expected="不大于{FDBJSX}",
    why="承诺时限是对法定时限的压缩，超过法定时限的承诺无效。",
    fix="核对办事指南，更正承诺或法定办结时限及其单位后重新推送。",
    check=Holds(
        number("CNBJSX") <= number("FDBJSX"), when=code("CNBJSXDW").equals(code("FDBJSXDW"))
    ),
    good=({"CNBJSX": "20", "FDBJSX": "20", "CNBJSXDW": "1", "FDBJSXDW": "1"},),
    bad=({"CNBJSX": "21", "FDBJSX": "20", "CNBJSXDW": "1", "FDBJSXDW": "1"},),
    beside=(
        {"CNBJSX": "21", "FDBJSX": "20", "CNBJSXDW": "1", "FDBJSXDW": "2"},
        {"CNBJSX": "21", "FDBJSX": None, "CNBJSXDW": "1", "FDBJSXDW": "1"},
    ),
    boundary=(
        ({"CNBJSX": "0", "FDBJSX": "0", "CNBJSXDW": "1", "FDBJSXDW": "1"}, True),
        ({"CNBJSX": "20", "FDBJSX": "20", "CNBJSXDW": "2", "FDBJSXDW": "2"}, True),
        ({"CNBJSX": "20", "FDBJSX": "19", "CNBJSXDW": "2", "FDBJSXDW": "2"}, False),
    ),
)
