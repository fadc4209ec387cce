"""单体工程类别与项目的工程行业分类不符。"""

from validators.neighbours import Against, Found, Link, Reply, Seen, missing
from validators.rule import Compares, Rule, Scene

_PROJECT = Link("project", ("SPGL_XMJBXXB",), ("XZQHDM", "GCDM"), ("XZQHDM", "GCDM"), ("GCHYFL",))
_DIGITS = 2


def _same_sector(row: Seen, found: Found) -> Reply:
    project, sort = found.one(_PROJECT.name), row.text("GCYT")
    if not sort:
        return None
    if project is None:
        return missing(row, "项目基本信息")
    sector = project.text("GCHYFL").zfill(_DIGITS)
    if not project.text("GCHYFL"):
        return None
    if sort[:_DIGITS] == sector:
        return True
    return Against(f"项目的工程行业分类为“{sector}”（{project.named()}）。", f"以{sector}开头")


_ROW = {"XZQHDM": "420602", "GCDM": "G1", "GCYT": "0101"}
_OF = {"XZQHDM": "420602", "GCDM": "G1", "DFSJZJ": "X1"}


def _sector(code: str | None) -> tuple[tuple[str, dict[str, str | None]], ...]:
    return (("SPGL_XMJBXXB", _OF | {"GCHYFL": code}),)


RULE = Rule(
    code="PER-013/building_sort_of_other_sector",
    kind="cross_table",
    tables=("SPGL_XMDTXXB",),
    fields=("GCYT",),
    clause="PER-013",
    statement="单体工程类别前两位应等于项目工程行业分类。",
    severity="warning",
    dimension="consistency",
    message="单体工程类别“{GCYT}”不属于项目的工程行业分类。",
    why="单体和项目的行业不同，说明其中一处填错，分行业统计会出错。",
    fix="核对单体工程类别和项目的工程行业分类，更正填错的一方后重新推送。",
    check=Compares((_PROJECT,), _same_sector),
    good=(Scene(_ROW, _sector("1")), Scene(_ROW | {"GCYT": "3101"}, _sector("31"))),
    bad=(Scene(_ROW, _sector("31")), Scene(_ROW | {"GCYT": "1001"}, _sector("1"))),
    beside=(Scene(_ROW | {"GCYT": None}, _sector("31")), Scene(_ROW, _sector(None))),
    open=(Scene(_ROW), Scene(_ROW, overdue=True)),
    boundary=(
        (Scene(_ROW | {"GCYT": "01"}, _sector("01")), True),
        (Scene(_ROW, _sector("2")), False),
        (Scene(_ROW, _sector("10")), False),
    ),
)
