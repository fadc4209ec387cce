"""没有校验失败却填写了失败原因，或校验失败而没有原因。"""

from validators.expression import code, filled
from validators.rule import Holds, Rule

RULE = Rule(
    code="COM-008/failure_reason_without_failure",
    kind="conditional",
    fields=("SBYY",),
    clause="COM-008",
    statement="数据上传状态为2时应有失败原因，其他状态失败原因应为空。",
    severity="warning",
    dimension="consistency",
    owner="platform",
    message="数据上传状态为“{SJSCZT}”，失败原因为“{SBYY}”，两者不符。",
    expected="状态为2时填写失败原因，其他状态为空",
    why="失败原因由上级平台在校验失败时回写；重新报送时沿用旧的失败原因，会误导后续核查。",
    fix="重新报送时数据上传状态置0、失败原因置空。",
    check=Holds(
        filled("SBYY").equals(code("SJSCZT").is_in("2")),
        when=code("SJSCZT").is_in("0", "1", "2", "3"),
    ),
    on_withdrawal=True,
    good=({"SJSCZT": "0", "SBYY": None}, {"SJSCZT": "2", "SBYY": "工程代码不存在"}),
    bad=({"SJSCZT": "0", "SBYY": "校验失败"}, {"SJSCZT": "2", "SBYY": ""}),
    beside=({"SJSCZT": None, "SBYY": "校验失败"}, {"SJSCZT": "9", "SBYY": None}),
    boundary=(
        ({"SJSCZT": "1", "SBYY": "x"}, False),
        ({"SJSCZT": "3", "SBYY": "x"}, False),
        ({"SJSCZT": "3", "SBYY": None, "SJYXBS": "0"}, True),
        ({"SJSCZT": "3", "SBYY": "x", "SJYXBS": "0"}, False),
    ),
)
