"""材料既不属于单个办件，也不属于并联办件。"""

from validators.expression import Filled
from validators.rule import Holds, Rule

RULE = Rule(
    code="PRC-029/attachment_of_no_case",
    kind="conditional",
    tables=("SPGL_XMSQCLJQTFJXXB", "SPGL_XMQTFJXXB"),
    fields=("SPSXSLBM", "BLSPSLBM"),
    clause="PRC-029",
    statement="审批事项实例编码与并联审批实例编码至少填一个。",
    severity="error",
    dimension="completeness",
    message="审批事项实例编码和并联审批实例编码都为空。",
    expected="至少填写一个",
    why="两个编码都没有，材料无法归到任何办件。",
    fix="单独办理的填审批事项实例编码，并联办理的填并联审批实例编码，再重新推送。",
    check=Holds(Filled("SPSXSLBM") | Filled("BLSPSLBM")),
    good=({"SPSXSLBM": "S-1", "BLSPSLBM": None}, {"SPSXSLBM": None, "BLSPSLBM": "B-1"}),
    bad=({"SPSXSLBM": None, "BLSPSLBM": ""},),
    beside=({"SPSXSLBM": None, "BLSPSLBM": None, "SJYXBS": "0"},),
    boundary=(
        ({"SPSXSLBM": "S-1", "BLSPSLBM": "B-1"}, True),
        ({"SPSXSLBM": " ", "BLSPSLBM": None}, False),
    ),
)
