"""前阶段关联工程代码是工程自己。"""

from validators.expression import text
from validators.rule import Holds, Rule


def _names_others(earlier: str, own: str) -> bool:
    return own not in {part.strip() for part in earlier.split(",")}


RULE = Rule(
    code="PRJ-011/project_precedes_itself",
    kind="reference",
    tables=("SPGL_XMJBXXB",),
    fields=("QJDGCDM",),
    clause="PRJ-011",
    statement="前阶段关联工程代码不得为自身。",
    severity="warning",
    dimension="consistency",
    message="前阶段关联工程代码“{QJDGCDM}”含有本工程代码。",
    expected="前一阶段的工程代码，不含本工程",
    why="工程不能由自己而来，自我关联会使阶段衔接无法追溯。",
    fix="填写前一阶段对应的工程代码；没有的留空，再重新推送。",
    check=Holds(text("QJDGCDM").through("names others", _names_others, text("GCDM"))),
    good=({"GCDM": "G-02", "QJDGCDM": "G-01"}, {"GCDM": "G-03", "QJDGCDM": "G-01,G-02"}),
    bad=({"GCDM": "G-01", "QJDGCDM": "G-01"}, {"GCDM": "G-02", "QJDGCDM": "G-01,G-02"}),
    beside=({"GCDM": "G-01", "QJDGCDM": None},),
    boundary=(
        ({"GCDM": "G-02", "QJDGCDM": "G-01,G-021"}, True),
        ({"GCDM": "G-02", "QJDGCDM": "G-01, G-02"}, False),
    ),
)
