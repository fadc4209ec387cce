"""办理人不是人名。"""

from validators.expression import text
from validators.rule import Holds, Rule

RULE = Rule(
    code="INS-018/handler_is_no_person",
    kind="mandatory",
    tables=("SPGL_XMSPSXBLXXXXB",),
    fields=("BLR",),
    clause="INS-018",
    statement="办理人应为具体的人。",
    severity="warning",
    milder="是否为人名只能由文字推断，不作拒收",
    dimension="accuracy",
    owner="department",
    message="办理人“{BLR}”不像人名。",
    expected="实际办理人的姓名",
    why="办理环节须落实到人，账号、窗口和系统名称无法追溯责任。",
    fix="填写实际办理人的姓名后重新推送；系统自动流转的环节填经办人。",
    check=Holds(~text("BLR").contains(r"(?i)系统|管理员|自动|窗口|账号|admin|user|^[0-9]+$")),
    good=({"BLR": "张三"}, {"BLR": "欧阳明"}),
    bad=({"BLR": "系统自动"}, {"BLR": "admin"}, {"BLR": "1001"}),
    beside=({"BLR": None},),
    boundary=(
        ({"BLR": "王管理"}, True),
        ({"BLR": "王管理员"}, False),
        ({"BLR": "张三1001"}, True),
        ({"BLR": "0"}, False),
    ),
)
