"""流程的新版本号不是原最大版本加一。"""

from decimal import Decimal

from validators.neighbours import Against, Found, Link, Reply, Seen
from validators.rule import Compares, Rule, Scene

_TABLES = ("SPGL_SPLCXXB", "SPGL_DFXMSPLCXXB")
_VERSIONS = Link("versions", _TABLES, ("XZQHDM", "SPLCBM"), ("XZQHDM", "SPLCBM"), ("SPLCBBH",))


def _next(row: Seen, found: Found) -> Reply:
    own: Decimal | None = row.value("SPLCBBH")
    known = [one.value("SPLCBBH") for one in found.sound(_VERSIONS.name)]
    before = [number for number in known if number is not None and own is not None and number < own]
    if own is None or own != int(own) or any(number != int(number) for number in before):
        return None
    if not before:
        return None
    last = max(before)
    if own <= last + 1:
        return True
    return Against(f"此前最大的版本为{int(last)}。", str(int(last) + 1))


_ROW = {"XZQHDM": "420602", "SPLCBM": "LC1", "SPLCBBH": "3", "DFSJZJ": "A"}


def _before(table: str, *numbers: str) -> tuple[tuple[str, dict[str, str]], ...]:
    return tuple((table, _ROW | {"SPLCBBH": one, "DFSJZJ": f"V{one}"}) for one in numbers)


RULE = Rule(
    code="PRO-008/flow_version_skipped",
    kind="protocol",
    tables=_TABLES,
    fields=("SPLCBBH", "SPLCBM"),
    clause="PRO-008",
    statement="流程的新版本号应为原最大版本加一。",
    severity="info",
    milder="中间的版本可能在本系统启用之前上报，或稍后到达，故只提示核查。",
    dimension="normativity",
    message="流程“{SPLCBM}”的版本“{SPLCBBH}”与此前的版本不连续。",
    why="版本号跳跃，说明漏报了中间版本，或版本号填错。",
    fix="核对版本号；漏报中间版本的补推，填错的更正后重新推送。",
    check=Compares((_VERSIONS,), _next, by_absence=True),
    good=(Scene(_ROW, _before(_TABLES[0], "1", "2")), Scene(_ROW, _before(_TABLES[1], "2.0"))),
    bad=(Scene(_ROW, _before(_TABLES[0], "1")), Scene(_ROW, _before(_TABLES[1], "1"))),
    beside=(
        Scene(_ROW),
        Scene(_ROW | {"SPLCBBH": "3.1"}, _before(_TABLES[0], "1")),
        Scene(_ROW | {"SPLCBBH": "1"}, _before(_TABLES[0], "3")),
    ),
    boundary=(
        (Scene(_ROW | {"SPLCBBH": "10"}, _before(_TABLES[0], "9")), True),
        (Scene(_ROW | {"SPLCBBH": "10"}, _before(_TABLES[0], "8")), False),
        (Scene(_ROW, _before(_TABLES[0], "1", "4")), False),
    ),
)
