"""首个办件接件早于项目申报。"""

from validators.case_steps import RECEIVED
from validators.expression import code
from validators.neighbours import Against, Found, Link, Reply, Seen, missing
from validators.rule import Compares, Rule, Scene
from validators.scenes import step

_PROJECT = Link("project", ("SPGL_XMJBXXB",), ("XZQHDM", "GCDM"), ("XZQHDM", "GCDM"), ("SBSJ",))


def _after_application(row: Seen, found: Found) -> Reply:
    project, at = found.one(_PROJECT.name), row.value("BLSJ")
    if at is None:
        return None
    if project is None:
        return missing(row, "项目基本信息")
    applied = project.value("SBSJ")
    if applied is None:
        return None
    if applied <= at:
        return True
    return Against(f"项目申报时间为{project.text('SBSJ')}（{project.named()}）。",
                   f"不早于{project.text('SBSJ')}")  # fmt: skip


_ROW = step("1", "02 09:00") | {"XZQHDM": "420602"}
_OF = {"XZQHDM": "420602", "GCDM": _ROW["GCDM"], "DFSJZJ": "X1"}


def _applied(at: str | None) -> tuple[tuple[str, dict[str, str | None]], ...]:
    return (("SPGL_XMJBXXB", _OF | {"SBSJ": at}),)


RULE = Rule(
    code="PRJ-021/received_before_application",
    kind="time_order",
    tables=("SPGL_XMSPSXBLXXXXB",),
    fields=("BLSJ",),
    clause="PRJ-021",
    statement="项目的申报时间不得晚于办件的接件时间。",
    severity="warning",
    dimension="accuracy",
    message="接件时间“{BLSJ}”早于项目的申报时间。",
    why="项目先申报、后有办件；时间颠倒的，项目总用时从错误的起点计算。",
    fix="核对项目的申报时间和办件的接件时间，更正填错的一方后重新推送。",
    check=Compares((_PROJECT,), _after_application, when=code("BLZT").equals(RECEIVED)),
    good=(
        Scene(_ROW, _applied("2026-03-01 09:00:00")),
        Scene(_ROW, _applied("2026-03-02 09:00:00")),
    ),
    bad=(Scene(_ROW, _applied("2026-03-02 09:00:01")),),
    beside=(
        Scene(_ROW | {"BLZT": "3"}, _applied("2026-03-02 09:00:01")),
        Scene(_ROW, _applied(None)),
    ),
    open=(Scene(_ROW), Scene(_ROW, overdue=True)),
    boundary=(
        (Scene(_ROW | {"BLSJ": "2026-03-03 00:00:00"}, _applied("2026-03-02 23:59:59")), True),
        (Scene(_ROW | {"BLSJ": "2026-03-02 23:59:59"}, _applied("2026-03-03 00:00:00")), False),
    ),
)
