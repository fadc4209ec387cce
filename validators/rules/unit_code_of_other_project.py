"""工程代码不以项目代码开头。"""

from validators.expression import text
from validators.rule import Holds, Rule

_SAME = 24


def _starts_with(unit: str, project: str) -> bool:
    return unit.startswith(project[:_SAME])


RULE = Rule(
    code="PRJ-009/unit_code_of_other_project",
    kind="cross_field",
    tables=("SPGL_XMJBXXB",),
    fields=("GCDM", "XMDM"),
    clause="PRJ-009",
    statement="工程代码应以项目代码开头（前24位一致）。",
    severity="warning",
    dimension="consistency",
    message="工程代码“{GCDM}”不以项目代码“{XMDM}”开头。",
    expected="{XMDM}加本地后缀",
    why="工程代码由项目代码加后缀组成；不一致时无法由工程找到所属项目。",
    fix="核对项目代码和工程代码；工程代码已用于办件的，须连同子记录一并更正后重新推送。",
    check=Holds(text("GCDM").through("starts with", _starts_with, text("XMDM"))),
    good=(
        {"XMDM": "2306-420602-04-01-123450", "GCDM": "2306-420602-04-01-123450"},
        {"XMDM": "2306-420602-04-01-123450", "GCDM": "2306-420602-04-01-123450-02"},
    ),
    bad=({"XMDM": "2306-420602-04-01-123450", "GCDM": "GC2306-420602-04-01-12345"},),
    beside=({"XMDM": None, "GCDM": "GC1"},),
    boundary=(
        ({"XMDM": "2306-420602-04-01-12345X", "GCDM": "2306-420602-04-01-123450"}, False),
        ({"XMDM": "2306-420602-04-01-123450-01", "GCDM": "2306-420602-04-01-123450/02"}, True),
    ),
)
