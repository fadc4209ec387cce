"""建设地点是“某市”一类的虚指。"""

from validators.expression import text
from validators.rule import Holds, Rule

RULE = Rule(
    code="PRJ-014/place_unnamed",
    kind="quality",
    tables=("SPGL_XMJBXXB",),
    fields=("JSDD",),
    clause="PRJ-014",
    statement="建设地点不得以“某市”等虚指充数。",
    severity="warning",
    dimension="accuracy",
    message="建设地点填的是“{JSDD}”。",
    expected="具体到乡镇、街道或道路的地点",
    why="虚指的地点无法用于项目定位和现场核查。",
    fix="填写项目的实际建设地点后重新推送。",
    check=Holds(~text("JSDD").matches(r"(?:本|全)?[某省市州县区地处乡镇村]+")),
    good=({"JSDD": "滨河新区人民路12号"}, {"JSDD": "某某路与某某路交汇处"}),
    bad=({"JSDD": "某市"}, {"JSDD": "市"}, {"JSDD": "某县区"}),
    beside=({"JSDD": None},),
    boundary=(
        ({"JSDD": "樊城区"}, True),
        ({"JSDD": "全州县全州镇"}, True),
        ({"JSDD": "某某市"}, False),
        ({"JSDD": "某某县某某镇"}, False),
    ),
)
