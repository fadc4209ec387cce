"""建设地点行政区划是占位值。"""

from validators.expression import text
from validators.rule import Holds, Rule

RULE = Rule(
    code="PRJ-014/place_division_default",
    kind="quality",
    tables=("SPGL_XMJBXXB",),
    fields=("JSDDXZQH",),
    clause="PRJ-014",
    statement="建设地点行政区划不得以000000等占位值充数。",
    severity="warning",
    dimension="accuracy",
    message="建设地点行政区划“{JSDDXZQH}”是占位值。",
    expected="建设地点所在区县的六位行政区划代码",
    why="占位值使项目无法按地区统计。",
    fix="填写建设地点所在区县的行政区划代码后重新推送。",
    check=Holds(
        ~text("JSDDXZQH").matches(r"0[0-9]*") & ~text("JSDDXZQH").is_in("999999", "111111"),
        when=text("JSDDXZQH").matches(r"[0-9]{6}"),
    ),
    good=({"JSDDXZQH": "420602"},),
    bad=({"JSDDXZQH": "000000"}, {"JSDDXZQH": "999999"}),
    beside=({"JSDDXZQH": None}, {"JSDDXZQH": "4206"}, {"JSDDXZQH": "0420602"}),
    boundary=(
        ({"JSDDXZQH": "111111"}, False),
        ({"JSDDXZQH": "111112"}, True),
    ),
)
