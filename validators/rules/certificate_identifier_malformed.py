"""电子证照标识的格式或校验位不符。"""

from validators.expression import text
from validators.identifiers import meant, sound, told
from validators.rule import Holds, Rule

RULE = Rule(
    code="PRC-026/certificate_identifier_malformed",
    kind="attachment",
    fields=("ZZBS",),
    clause="PRC-026",
    statement="证照标识应符合电子证照标识的编码规则（GB/T 36904）。",
    severity="warning",
    dimension="accessibility",
    message="证照标识“{ZZBS}”不正确。",
    expected="电子证照标识，末位为校验码",
    suggest=meant("e_certificate_id"),
    detail=told("e_certificate_id"),
    why="标识错误的证照在电子证照库中查不到，无法核验和调用。",
    fix="从电子证照系统取得正确的证照标识，更正后重新推送。",
    check=Holds(text("ZZBS").through("certificate identifier", sound("e_certificate_id"))),
    good=({"ZZBS": "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.002.S"},),
    bad=(
        {"ZZBS": "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.002.T"},
        {"ZZBS": "ZZ-2026-1"},
    ),
    beside=({"ZZBS": None},),
    boundary=(
        ({"ZZBS": "1.2.156.3005.2.11100000000013338W011.420602.1.001.A"}, True),
        ({"ZZBS": "1.2.156.3005.2.11100000000013338W011.42060.1.001.S"}, False),
    ),
)
