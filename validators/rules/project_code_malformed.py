"""项目代码不是投资在线平台赋予的统一代码，或末位校验码不符。"""

from validators.expression import text
from validators.identifiers import meant, sound, told
from validators.rule import Holds, Rule

RULE = Rule(
    code="PRJ-010/project_code_malformed",
    kind="format",
    tables=("SPGL_XMJBXXB",),
    fields=("XMDM",),
    clause="PRJ-010",
    statement="项目代码应为投资在线平台赋予的统一代码（24位）。",
    severity="warning",
    dimension="accuracy",
    message="项目代码“{XMDM}”不是正确的投资项目统一代码。",
    expected="24位投资项目统一代码",
    suggest=meant("investment_project_code"),
    detail=told("investment_project_code"),
    why="项目代码是投资在线平台与工程审批系统的关联标识，错误则两个系统的数据无法关联。",
    fix="在投资项目在线审批监管平台查询该项目的代码，更正后重新推送；尚未赋码的项目先赋码。",
    check=Holds(text("XMDM").through("project code", sound("investment_project_code"))),
    good=({"XMDM": "2306-420602-04-01-123450"}, {"XMDM": "2020-330327-48-01-167360"}),
    bad=(
        {"XMDM": "2306-420602-04-01-123451"},
        {"XMDM": "XM0000000001"},
        {"XMDM": "23064206020401123450"},
    ),
    beside=({"XMDM": None},),
    boundary=(
        ({"XMDM": "2312-420602-04-01-123459"}, True),
        ({"XMDM": "2313-420602-04-01-123454"}, False),
        ({"XMDM": "2021-420602-48-01-167360"}, True),
        ({"XMDM": "2022-420602-48-01-167360"}, False),
    ),
)
