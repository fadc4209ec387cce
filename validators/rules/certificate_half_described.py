"""电子证照只有标识没有文件路径，或只有路径没有标识。"""

from validators.expression import Filled, filled
from validators.rule import Holds, Rule

RULE = Rule(
    code="PRC-026/certificate_half_described",
    kind="attachment",
    tables=("SPGL_XMSPSXPFWJXXB",),
    fields=("DZZZWJLJ", "ZZBS"),
    clause="PRC-026",
    statement="电子证照的证照标识和文件路径应同时填写。",
    severity="warning",
    dimension="accessibility",
    message="证照标识“{ZZBS}”与电子证照文件路径“{DZZZWJLJ}”只填了一项。",
    expected="两项都填写，没有电子证照的都留空",
    why="没有路径取不到证照文件，没有标识无法在证照库中核验。",
    fix="从电子证照系统取得标识和文件路径，补齐后重新推送。",
    check=Holds(filled("DZZZWJLJ", "ZZBS"), when=Filled("DZZZWJLJ") | Filled("ZZBS")),
    good=({"DZZZWJLJ": "/zz/1.ofd", "ZZBS": "1.2.156.3005.2.1"},),
    bad=({"DZZZWJLJ": None, "ZZBS": "1.2.156.3005.2.1"}, {"DZZZWJLJ": "/zz/1.ofd", "ZZBS": None}),
    beside=({"DZZZWJLJ": None, "ZZBS": None},),
    boundary=(
        ({"DZZZWJLJ": "1", "ZZBS": "1"}, True),
        ({"DZZZWJLJ": " ", "ZZBS": "1.2.156.3005.2.1"}, False),
    ),
)
