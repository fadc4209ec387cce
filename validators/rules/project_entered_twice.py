"""疑似重复的项目：同一建设单位、名称相同，项目代码不同。"""

import re
from collections.abc import Sequence

from validators.neighbours import Against, Found, Link, Reply, Seen
from validators.rule import Compares, Rule, Scene

_OF_OWNER = Link("projects", ("SPGL_XMJBXXB",), ("JSDWDM",), ("JSDWDM",), ("XMMC", "XMDM"))
_NOT_OF_THE_NAME = re.compile(r"[\s\W_]+")


def _bare(name: str) -> str:
    """A name without blanks and punctuation, in which people differ."""
    return _NOT_OF_THE_NAME.sub("", name).casefold()


def _by_name(projects: Sequence[Seen]) -> dict[str, list[Seen]]:
    named: dict[str, list[Seen]] = {}
    for one in projects:
        named.setdefault(_bare(one.text("XMMC")), []).append(one)
    return named


def _once(row: Seen, found: Found) -> Reply:
    name, project = _bare(row.text("XMMC")), row.text("XMDM")
    if not name or not project:
        return None
    for other in found.together(_OF_OWNER.name, _by_name).get(name, ()):
        same = other.failed or other.text("XMDM") in {project, ""} or row.is_same_record(other)
        if not same:
            return Against(f"另有项目“{other.text('XMDM')}”（{other.named()}）。")
    return True


_ROW = {"JSDWDM": "91420602MA49XXXX0A", "XMMC": "樊城区第一小学 新建工程", "XMDM": "P1",
        "DFSJZJ": "A", "GCDM": "G1"}  # fmt: skip
_OTHER = _ROW | {"XMMC": "樊城区第一小学（新建）工程", "XMDM": "P2", "DFSJZJ": "B", "GCDM": "G2"}

RULE = Rule(
    code="COM-012/project_entered_twice",
    kind="uniqueness",
    tables=("SPGL_XMJBXXB",),
    fields=("XMMC", "XMDM", "JSDWDM"),
    clause="COM-012",
    statement="同一建设单位名称相同的项目，应核查是否重复录入。",
    severity="info",
    milder="同名不一定是同一项目，故只提示核查。",
    dimension="consistency",
    message="建设单位另有名称相同的项目“{XMMC}”，项目代码不同。",
    expected="一个项目一个项目代码",
    why="同一项目录入两次，项目数、投资额和办件都会重复统计。",
    fix="核查是否为同一项目；是的，保留正确的一个，另一个连同其记录作废；不是的，不必处理。",
    check=Compares((_OF_OWNER,), _once),
    good=(
        Scene(_ROW, (("SPGL_XMJBXXB", _OTHER | {"XMMC": "樊城区第二小学新建工程"}),)),
        Scene(_ROW, (("SPGL_XMJBXXB", _OTHER | {"XMDM": "P1"}),)),
    ),
    bad=(Scene(_ROW, (("SPGL_XMJBXXB", _OTHER),)),),
    beside=(
        Scene(_ROW | {"JSDWDM": None}, (("SPGL_XMJBXXB", _OTHER),)),
        Scene(_ROW | {"XMMC": None}, (("SPGL_XMJBXXB", _OTHER),)),
    ),
    boundary=(
        (Scene(_ROW, (("SPGL_XMJBXXB", _OTHER | {"XMDM": None}),)), True),
        (Scene(_ROW, (("SPGL_XMJBXXB", _OTHER | {"XMMC": "樊城区第一小学新建工程二期"}),)), True),
        (
            Scene(
                _ROW | {"XMMC": "汉江CBD一期"},
                (("SPGL_XMJBXXB", _OTHER | {"XMMC": "汉江cbd·一期"}),),
            ),
            False,
        ),
    ),
)
