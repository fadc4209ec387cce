"""国标行业代码的门类与大类不相符。"""

from validators.expression import text
from validators.identifiers import meant, sound, told
from validators.rule import Holds, Rule

RULE = Rule(
    code="PRJ-004/industry_of_other_section",
    kind="dictionary",
    tables=("SPGL_XMJBXXB",),
    fields=("GBHY",),
    clause="PRJ-004",
    statement="国标行业的门类字母应与其后的大类数字相符（GB/T 4754）。",
    severity="error",
    dimension="accuracy",
    message="国标行业“{GBHY}”不存在。",
    expected="GB/T 4754 中的行业代码",
    suggest=meant("industry_code"),
    detail=told("industry_code"),
    why="门类与大类不相符的代码在国民经济行业分类中不存在，行业统计会落空。",
    fix="对照 GB/T 4754 选择正确的行业代码后重新推送。",
    check=Holds(
        text("GBHY").through("industry", sound("industry_code")),
        when=text("GBHY").matches(r"[A-T][0-9]{0,4}"),
    ),
    good=({"GBHY": "E47"}, {"GBHY": "K7010"}, {"GBHY": "E"}),
    bad=({"GBHY": "E7010"}, {"GBHY": "A06"}),
    beside=({"GBHY": "4710"}, {"GBHY": None}, {"GBHY": "E47010"}),
    boundary=(
        ({"GBHY": "E50"}, True),
        ({"GBHY": "E51"}, False),
        ({"GBHY": "T97"}, True),
        ({"GBHY": "T98"}, False),
    ),
)
