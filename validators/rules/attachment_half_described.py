"""附件只有名称没有编号，或只有编号没有名称。"""

from validators.expression import Filled, filled
from validators.rule import Holds, Rule

RULE = Rule(
    code="PRC-026/attachment_half_described",
    kind="attachment",
    fields=("FJID", "FJMC"),
    clause="PRC-026",
    statement="附件的名称和附件ID应同时填写。",
    severity="warning",
    dimension="accessibility",
    message="附件名称“{FJMC}”与附件ID“{FJID}”只填了一项。",
    expected="两项都填写，没有附件的都留空",
    why="没有附件ID取不到文件，没有名称无法辨认文件。",
    fix="补齐附件的名称和可访问的附件ID后重新推送。",
    check=Holds(filled("FJID", "FJMC"), when=Filled("FJID") | Filled("FJMC")),
    good=({"FJID": "f-1", "FJMC": "批复.pdf"},),
    bad=({"FJID": "f-1", "FJMC": None}, {"FJID": None, "FJMC": "批复.pdf"}),
    beside=({"FJID": None, "FJMC": None},),
    boundary=(
        ({"FJID": "1", "FJMC": "证"}, True),
        ({"FJID": "f-1", "FJMC": " "}, False),
    ),
)
