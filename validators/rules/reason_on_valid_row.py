"""有效的记录填写了无效原因。"""

from validators.expression import code, empty
from validators.rule import Holds, Rule

RULE = Rule(
    code="COM-006/reason_on_valid_row",
    kind="conditional",
    fields=("SJWXYY",),
    clause="COM-006",
    statement="数据有效标识为1时，数据无效原因应为空。",
    severity="warning",
    dimension="consistency",
    owner="platform",
    message="记录标为有效，却填写了数据无效原因“{SJWXYY}”。",
    expected="为空",
    why="有效的记录不会有无效原因；填写原因说明记录可能本应作废，或沿用了旧值。",
    fix="确属有效的，清空数据无效原因；应当作废的，将数据有效标识改为0后重新推送。",
    check=Holds(empty("SJWXYY"), when=code("SJYXBS").is_in("1")),
    good=({"SJYXBS": "1", "SJWXYY": None}, {"SJYXBS": "1", "SJWXYY": ""}),
    bad=({"SJYXBS": "1", "SJWXYY": "录入有误"},),
    beside=({"SJYXBS": "0", "SJWXYY": "录入有误"},),
    boundary=(
        ({"SJYXBS": "1", "SJWXYY": " "}, True),
        ({"SJYXBS": "1", "SJWXYY": "无"}, False),
    ),
)
