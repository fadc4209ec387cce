"""建设规模及内容没有描述。"""

from validators.expression import text
from validators.rule import Holds, Rule

RULE = Rule(
    code="PRJ-014/scale_undescribed",
    kind="quality",
    tables=("SPGL_XMJBXXB",),
    fields=("JSGMJNR",),
    clause="PRJ-014",
    statement="建设规模及内容不得以空描述充数。",
    severity="warning",
    dimension="completeness",
    message="建设规模及内容只有“{JSGMJNR}”，没有实质描述。",
    expected="建设内容、数量和规模的文字描述",
    why="没有规模和内容，无法判断项目类型、流程和标准是否适用。",
    fix="对照立项批复填写建设规模及内容后重新推送。",
    check=Holds(
        text("JSGMJNR").contains(
            r"[一-鿿A-Za-z][^一-鿿A-Za-z]*[一-鿿A-Za-z][^一-鿿A-Za-z]*[一-鿿A-Za-z]"
        )
    ),
    good=({"JSGMJNR": "新建道路1.2公里"}, {"JSGMJNR": "住宅楼"}),
    bad=({"JSGMJNR": "1000"}, {"JSGMJNR": "建设"}),
    beside=({"JSGMJNR": None},),
    boundary=(
        ({"JSGMJNR": "道路500米"}, True),
        ({"JSGMJNR": "道路500"}, False),
    ),
)
