"""新写入的记录已有上级平台的校验状态。"""

from validators.expression import filled, text
from validators.rule import Holds, Rule

RULE = Rule(
    code="COM-007/status_preset",
    kind="protocol",
    fields=("SJSCZT",),
    clause="COM-007",
    statement="新写入前置库的记录，数据上传状态应为0。",
    severity="error",
    dimension="normativity",
    owner="platform",
    message="数据上传状态为“{SJSCZT}”，新写入的记录应为0。",
    expected="0",
    why="1、2、3由上级平台校验后回写；自行填写会使记录被当作已校验而不再处理。",
    fix="请系统运维单位将写入前置库时的数据上传状态固定为0，重新推送。",
    check=Holds(text("SJSCZT").is_in("0"), when=filled("SJSCZT")),
    on_withdrawal=True,
    good=({"SJSCZT": "0"},),
    bad=({"SJSCZT": "3"}, {"SJSCZT": "9"}, {"SJSCZT": "-1"}),
    beside=({"SJSCZT": None},),
    boundary=(
        ({"SJSCZT": "3", "SJYXBS": "0"}, False),
        ({"SJSCZT": "0", "SJYXBS": "0"}, True),
    ),
)
