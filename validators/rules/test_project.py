"""测试项目被当作真实项目上报。"""

from validators.expression import text
from validators.rule import Holds, Rule

RULE = Rule(
    code="COM-021/test_project",
    kind="completeness",
    fields=("XMMC",),
    clause="COM-021",
    statement="测试项目、测试办件不得上报。",
    severity="error",
    dimension="accuracy",
    message="项目名称“{XMMC}”是测试数据。",
    expected="真实项目的名称；测试数据不上报",
    why="测试数据进入国家系统会影响统计和评价，且不能物理删除。",
    fix="测试数据请在测试环境使用，从推送范围中剔除；确为真实项目的，改用批准文件上的名称后重新推送。",
    check=Holds(
        ~text("XMMC").contains(
            r"(?i)^测试(?:项目|工程|办件|数据|流程|事项)|^测试[0-9一二三四五六七八九十]{0,9}$"
            r"|测试(?:数据|用例|账号|勿)|(?:项目|工程|办件)测试[0-9]{0,9}$|[（(]测试[)）]|请?勿[删动]|^test\b|^test[0-9]"
        )
    ),
    good=(
        {"XMMC": "滨河新区住宅小区一期"},
        {"XMMC": "检验测试中心扩建工程"},
        {"XMMC": "智能网联汽车测试场建设项目"},
    ),
    bad=(
        {"XMMC": "测试项目滨河新区住宅小区"},
        {"XMMC": "测试01"},
        {"XMMC": "某小区（测试）"},
        {"XMMC": "TEST123"},
    ),
    beside=({"XMMC": None},),
    boundary=(
        ({"XMMC": "测试楼"}, True),
        ({"XMMC": "测试"}, False),
    ),
)
