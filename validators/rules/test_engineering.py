"""测试工程被当作真实工程上报。"""

from validators.expression import text
from validators.rule import Holds, Rule

RULE = Rule(
    code="COM-021/test_engineering",
    kind="completeness",
    fields=("GCMC",),
    clause="COM-021",
    statement="测试项目、测试办件不得上报。",
    severity="error",
    dimension="accuracy",
    message="工程名称“{GCMC}”是测试数据。",
    expected="真实工程的名称；测试数据不上报",
    why="测试数据进入国家系统会影响统计和评价，且不能物理删除。",
    fix="测试数据请在测试环境使用，从推送范围中剔除；确为真实工程的，改用批准文件上的名称后重新推送。",
    check=Holds(
        ~text("GCMC").contains(
            r"(?i)^测试(?:项目|工程|办件|数据|流程|事项)|^测试[0-9一二三四五六七八九十]{0,9}$"
            r"|测试(?:数据|用例|账号|勿)|(?:项目|工程|办件)测试[0-9]{0,9}$|[（(]测试[)）]|请?勿[删动]|^test\b|^test[0-9]"
        )
    ),
    good=(
        {"GCMC": "滨河新区住宅小区一期"},
        {"GCMC": "检验测试中心扩建工程"},
        {"GCMC": "智能网联汽车测试场建设项目"},
    ),
    bad=(
        {"GCMC": "测试项目滨河新区住宅小区"},
        {"GCMC": "测试01"},
        {"GCMC": "某小区（测试）"},
        {"GCMC": "TEST123"},
    ),
    beside=({"GCMC": None},),
    boundary=(
        ({"GCMC": "软件工程测试中心"}, True),
        ({"GCMC": "软件工程测试2"}, False),
    ),
)
