"""涉密项目经非涉密系统上报。"""

from validators.expression import text
from validators.rule import Holds, Rule

RULE = Rule(
    code="COM-022/secret_project",
    kind="security",
    fields=("XMMC",),
    clause="COM-022",
    statement="涉密项目及其办件信息不得通过系统传递。",
    severity="error",
    dimension="accessibility",
    message="项目名称“{XMMC}”标明涉密，不得经本系统传递。",
    expected="不上报涉密项目",
    why="本系统是非涉密系统，传递涉密信息违反保密规定。",
    fix="立即停止推送该项目及其办件，按保密规定处理并报告；名称误标涉密的，更正后重新推送。",
    check=Holds(
        ~text("XMMC").contains(
            r"[（(【\[](?:涉密|秘密|机密|绝密)|涉密(?:项目|工程)|(?:秘|机|绝)密级|绝密"
        )
    ),
    good=({"XMMC": "滨河新区住宅小区一期"}, {"XMMC": "涉密载体销毁中心改造"}),
    bad=({"XMMC": "综合业务楼（涉密）"}, {"XMMC": "涉密工程三号"}, {"XMMC": "机密级机房改造"}),
    beside=({"XMMC": ""},),
    boundary=(
        ({"XMMC": "秘密花园主题公园"}, True),
        ({"XMMC": "档案楼（秘密级）"}, False),
        ({"XMMC": "涉密项目配套用房"}, False),
        ({"XMMC": "绝密档案库改造"}, False),
    ),
)
