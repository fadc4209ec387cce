"""房屋建筑类单体缺少结构、层数或高度。"""

from validators.expression import filled, text
from validators.rule import Holds, Rule

_WHOLE = {
    "GCYT": "0101",
    "JGTX": "1",
    "NHDJ": "2",
    "JZFS": "1",
    "DSCS": "18",
    "DXCS": "0",
    "JZGCGD": "54",
}

RULE = Rule(
    code="PER-014/building_without_structure",
    kind="conditional",
    tables=("SPGL_XMDTXXB",),
    fields=("JGTX", "NHDJ", "JZFS", "DSCS", "DXCS", "JZGCGD"),
    clause="PER-014",
    statement="房屋建筑类单体须填结构体系、耐火等级、建造方式、层数、高度。",
    severity="warning",
    dimension="completeness",
    message="房屋建筑类单体信息不全：结构体系“{JGTX}”、耐火等级“{NHDJ}”、建造方式“{JZFS}”、"
    "地上层数“{DSCS}”、地下层数“{DXCS}”、高度“{JZGCGD}”。",
    expected="六项都填写，没有地下层的填0",
    why="结构、层数和高度决定施工图审查和消防要求，缺少则后续环节无法核验。",
    fix="对照设计文件补齐后重新推送。",
    check=Holds(
        filled("JGTX", "NHDJ", "JZFS", "DSCS", "DXCS", "JZGCGD"),
        when=text("GCYT").matches(r"01[0-9]*"),
    ),
    good=(_WHOLE,),
    bad=(_WHOLE | {"DXCS": None}, {"GCYT": "01"}),
    beside=({"GCYT": "0501"}, {"GCYT": None}),
    boundary=(
        (_WHOLE | {"GCYT": "01"}, True),
        (_WHOLE | {"JZGCGD": " "}, False),
        (_WHOLE | {"GCYT": "0199", "NHDJ": None}, False),
    ),
)
