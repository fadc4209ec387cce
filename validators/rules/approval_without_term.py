"""批复文件没有填写有效期限。"""

from validators.expression import Filled, code, filled
from validators.rule import Holds, Rule

RULE = Rule(
    code="PRC-022/approval_without_term",
    kind="conditional",
    tables=("SPGL_XMSPSXPFWJXXB",),
    fields=("PFWJYXQX",),
    clause="PRC-022",
    statement="有期限的批复须填有效期限，无期限填9999-01-01。",
    severity="error",
    dimension="completeness",
    owner="department",
    message="批复文件“{PFWH}”没有填写有效期限。",
    expected="有效期限的截止日期；无期限的填9999-01-01",
    why="没有期限就无法判断批复是否仍然有效，后续事项无从核验。",
    fix="对照批复文件填写有效期限；长期有效的填9999-01-01，再重新推送。",
    check=Holds(
        filled("PFWJYXQX"),
        when=filled("PFRQ", "PFWH") & ~(Filled("SPJGLX") & code("SPJGLX").is_in("99")),
    ),
    good=({"PFRQ": "2026-03-02", "PFWH": "1号", "PFWJYXQX": "9999-01-01"},),
    bad=({"PFRQ": "2026-03-02", "PFWH": "1号", "PFWJYXQX": None},),
    beside=(
        {"PFRQ": None, "PFWH": None, "PFWJYXQX": None},
        {"PFRQ": "2026-03-02", "PFWH": "1号", "PFWJYXQX": None, "SPJGLX": "99"},
    ),
    boundary=(({"PFRQ": "2026-03-02", "PFWH": "1号", "PFWJYXQX": None, "SPJGLX": "20"}, False),),
)
