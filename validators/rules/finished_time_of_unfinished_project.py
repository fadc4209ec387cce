"""项目没有完全办结，却填了完全办结时间。"""

from validators.expression import code, empty
from validators.rule import Holds, Rule

RULE = Rule(
    code="PRJ-006/finished_time_of_unfinished_project",
    kind="conditional",
    tables=("SPGL_XMJBXXB",),
    fields=("XMWQBJSJ",),
    clause="PRJ-006",
    statement="项目是否完全办结为0时，项目完全办结时间应为空。",
    severity="error",
    dimension="consistency",
    message="项目尚未完全办结，却填写了完全办结时间“{XMWQBJSJ}”。",
    expected="为空",
    why="未办结的项目没有办结时间；两者矛盾，上级平台无法判断项目是否办结。",
    fix="项目已办结的，将“项目是否完全办结”改为1；未办结的，清空完全办结时间后重新推送。",
    check=Holds(empty("XMWQBJSJ"), when=code("XMSFWQBJ").is_in("0")),
    good=({"XMSFWQBJ": "0", "XMWQBJSJ": None},),
    bad=({"XMSFWQBJ": "0", "XMWQBJSJ": "2026-03-01 09:00:00"},),
    beside=({"XMSFWQBJ": "1", "XMWQBJSJ": "2026-03-01 09:00:00"},),
    boundary=(
        ({"XMSFWQBJ": "0", "XMWQBJSJ": " "}, True),
        ({"XMSFWQBJ": "0", "XMWQBJSJ": "不详"}, False),
    ),
)
