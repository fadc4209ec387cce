"""批复文件缺少批复日期、文号或标题。"""

from validators.expression import Filled, code, filled
from validators.rule import Holds, Rule

RULE = Rule(
    code="PRC-021/approval_half_described",
    kind="conditional",
    tables=("SPGL_XMSPSXPFWJXXB",),
    fields=("PFRQ", "PFWH", "PFWJBT"),
    clause="PRC-021",
    statement="办结（通过）的批复文件，批复日期、文号、文件标题必填。",
    severity="error",
    dimension="completeness",
    owner="department",
    message="批复文件信息不全：批复日期“{PFRQ}”、文号“{PFWH}”、文件标题“{PFWJBT}”。",
    expected="三项都填写；审批结果类型为无（99）的除外",
    why="三项缺一，批复文件就无法被检索和核验。",
    fix="对照批复文件补齐后重新推送；确实没有批复文件的，审批结果类型填99。",
    check=Holds(
        filled("PFRQ", "PFWH", "PFWJBT"),
        when=(Filled("PFRQ") | Filled("PFWH") | Filled("PFWJBT"))
        & ~(Filled("SPJGLX") & code("SPJGLX").is_in("99")),
    ),
    good=({"PFRQ": "2026-03-02", "PFWH": "建规〔2026〕1号", "PFWJBT": "批复", "SPJGLX": "20"},),
    bad=(
        {"PFRQ": None, "PFWH": "建规〔2026〕1号", "PFWJBT": "批复", "SPJGLX": "20"},
        {"PFRQ": "2026-03-02", "PFWH": None, "PFWJBT": "批复"},
        {"PFRQ": "2026-03-02", "PFWH": "建规〔2026〕1号", "PFWJBT": None, "SPJGLX": "10"},
    ),
    beside=(
        {"PFRQ": None, "PFWH": None, "PFWJBT": None, "SPJGLX": "20"},
        {"PFRQ": None, "PFWH": "1号", "PFWJBT": "说明", "SPJGLX": "99"},
    ),
    boundary=(
        ({"PFRQ": None, "PFWH": "1号", "PFWJBT": None}, False),
        ({"PFRQ": None, "PFWH": None, "PFWJBT": "批复"}, False),
        ({"PFRQ": "2026-03-02", "PFWH": None, "PFWJBT": None}, False),
    ),
)
