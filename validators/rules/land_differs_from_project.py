"""用地许可的土地获取方式、用地面积与项目信息不一致。"""

from decimal import Decimal

from validators.neighbours import Against, Found, Link, Reply, Seen, missing
from validators.rule import Compares, Rule, Scene

TOLERANCE = Decimal("0.01")
_KEY = ("XZQHDM", "GCDM")
_PROJECT = Link("project", ("SPGL_XMJBXXB",), _KEY, _KEY, ("TDHQFS", "YDMJ"))
_PARCELS = Link("parcels", ("SPGL_JSYDGHXKXXB",), ("GCDM",), ("GCDM",))


def _agrees(row: Seen, found: Found) -> Reply:
    project = found.one(_PROJECT.name)
    if project is None:
        return missing(row, "项目基本信息")
    mode, of_project = row.text("TDHQFS"), project.code("TDHQFS")
    if mode and of_project and of_project not in mode.split(","):
        return Against(f"项目的土地获取方式为“{of_project}”（{project.named()}）。",
                       f"土地获取方式{of_project}")  # fmt: skip
    area, whole = row.value("YDMJ"), project.value("YDMJ")
    if area is None or whole is None:
        return True if mode and of_project else None
    parcels = bool(found.sound(_PARCELS.name))  # of several permits none covers all the land
    margin = TOLERANCE * whole
    if area > whole + margin or (area < whole - margin and not parcels):
        return Against(f"项目的用地面积为{whole}平方米（{project.named()}）。", f"用地面积{whole}")
    return True


_ROW = {"XZQHDM": "420602", "GCDM": "G1", "TDHQFS": "4", "YDMJ": "1000", "DFSJZJ": "A",
        "SPSXSLBM": "BJ-1"}  # fmt: skip
_OF = ("SPGL_XMJBXXB", {"XZQHDM": "420602", "GCDM": "G1", "DFSJZJ": "X1", "TDHQFS": "4",
                        "YDMJ": "1000"})  # fmt: skip
_PARCEL = ("SPGL_JSYDGHXKXXB", {"XZQHDM": "420602", "GCDM": "G1", "DFSJZJ": "B",
                                "SPSXSLBM": "BJ-2"})  # fmt: skip

RULE = Rule(
    code="PER-028/land_differs_from_project",
    kind="cross_table",
    tables=("SPGL_JSYDGHXKXXB",),
    fields=("TDHQFS", "YDMJ"),
    clause="PER-028",
    statement="用地许可的土地获取方式、用地面积应与项目信息一致（面积允许1%的误差，分宗许可除外）。",
    severity="warning",
    dimension="consistency",
    message="用地许可的土地获取方式“{TDHQFS}”或用地面积“{YDMJ}”与项目信息不一致。",
    why="同一块地在两处说法不同，用地统计和流程类型判断都会出错。",
    fix="对照用地规划许可证核对，更正填错的一方后重新推送。",
    check=Compares((_PROJECT, _PARCELS), _agrees),
    good=(
        Scene(_ROW, (_OF,)),
        Scene(_ROW | {"YDMJ": "1010"}, (_OF,)),
        Scene(_ROW | {"YDMJ": "400"}, (_OF, _PARCEL)),
    ),
    bad=(
        Scene(_ROW | {"TDHQFS": "2"}, (_OF,)),
        Scene(_ROW | {"YDMJ": "1010.1"}, (_OF, _PARCEL)),
        Scene(_ROW | {"YDMJ": "989.9"}, (_OF,)),
    ),
    beside=(
        Scene(_ROW | {"TDHQFS": None, "YDMJ": None}, (_OF,)),
        Scene(_ROW | {"GCDM": None, "TDHQFS": None, "YDMJ": None}),
    ),
    open=(Scene(_ROW), Scene(_ROW, overdue=True)),
    boundary=(
        (Scene(_ROW | {"YDMJ": "990"}, (_OF,)), True),
        (Scene(_ROW | {"YDMJ": None}, (_OF,)), True),
        (Scene(_ROW | {"TDHQFS": "2,4"}, (_OF,)), True),
    ),
)
