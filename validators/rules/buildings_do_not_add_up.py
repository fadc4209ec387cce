"""许可或备案的总建筑面积与所含单体面积之和不符。"""

from decimal import Decimal

from validators.neighbours import Against, Found, Later, Link, Reply, Seen, missing
from validators.rule import Compares, Rule, Scene

TOLERANCE = Decimal("0.01")
_WORKS = Link(
    "works", ("SPGL_XMDTXXB",), ("GCDM", "SPSXSLBM"), ("GCDM", "SPSXSLBM"), ("DTBM", "JZMJ")
)


def _adds_up(row: Seen, found: Found) -> Reply:
    total: Decimal | None = row.value("ZJZMJ")
    if total is None:
        return None
    told = reversed(found.all(_WORKS.name))  # of one building the newest row counts
    works = {one.text("DTBM") or one.id: one.value("JZMJ") for one in told}
    if not works:
        return missing(row, "单体信息")
    areas = [area for area in works.values() if area is not None]
    if len(areas) < len(works):
        return None
    parts = sum(areas, Decimal(0))
    if abs(total - parts) <= TOLERANCE * max(total, parts):
        return True
    if not row.overdue:
        return Later("单体信息可能尚未到齐，到齐后再核对")
    return Against(f"所含{len(works)}个单体的建筑面积之和为{parts}平方米。", str(parts))


_ROW = {"GCDM": "G1", "SPSXSLBM": "BJ-1", "ZJZMJ": "300"}
_OF_CASE = {"GCDM": "G1", "SPSXSLBM": "BJ-1"}


def _works(*areas: str | None) -> tuple[tuple[str, dict[str, str | None]], ...]:
    return tuple(
        ("SPGL_XMDTXXB", {**_OF_CASE, "DTBM": f"D{at}", "DFSJZJ": f"D{at}", "JZMJ": area})
        for at, area in enumerate(areas)
    )


def _unnamed(key: str, area: str) -> tuple[str, dict[str, str | None]]:
    return "SPGL_XMDTXXB", {**_OF_CASE, "DTBM": None, "DFSJZJ": key, "JZMJ": area}


_FORMER = ("SPGL_XMDTXXB", {**_OF_CASE, "DTBM": "D0", "DFSJZJ": "C", "JZMJ": "150"})

RULE = Rule(
    code="PER-012/buildings_do_not_add_up",
    kind="cross_table",
    tables=("SPGL_JZGCSGXKXXB", "SPGL_JSGCJGYSBAXXB"),
    fields=("ZJZMJ",),
    clause="PER-012",
    statement="许可或备案的总建筑面积应等于所含单体面积之和（允许1%的误差）。",
    severity="warning",
    dimension="consistency",
    message="总建筑面积“{ZJZMJ}”不等于该办件单体建筑面积之和。",
    why="总数与单体不符，说明漏报单体或面积填错，面积统计不可用。",
    fix="核对总建筑面积和各单体建筑面积；漏报的单体补推，填错的更正后重新推送。",
    check=Compares((_WORKS,), _adds_up),
    good=(
        Scene(_ROW, _works("100", "200"), overdue=True),
        Scene(_ROW, _works("100", "197"), overdue=True),
    ),
    bad=(
        Scene(_ROW, _works("100", "196.9"), overdue=True),
        Scene(_ROW, _works("100", "200", "100"), overdue=True),
    ),
    beside=(
        Scene(_ROW | {"ZJZMJ": None}, _works("100"), overdue=True),
        Scene(_ROW, _works("100", None), overdue=True),
    ),
    open=(Scene(_ROW, _works("100")), Scene(_ROW), Scene(_ROW, overdue=True)),
    boundary=(
        (Scene(_ROW, _works("100", "203.03"), overdue=True), True),
        (Scene(_ROW, _works("100", "203.04"), overdue=True), False),
        (Scene(_ROW, (_FORMER, *_works("100", "200")), overdue=True), True),
        (Scene(_ROW, (*_works("100", "200"), _FORMER), overdue=True), False),
        (Scene(_ROW, (_unnamed("A", "100"), _unnamed("B", "200")), overdue=True), True),
        (Scene(_ROW, (_unnamed("A", "300"), _unnamed("B", "300")), overdue=True), False),
    ),
)
