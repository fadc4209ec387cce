"""项目建设地点坐标不在中国或本地区范围内，或经纬度写反。"""

from schemas.identifiers import check
from validators.expression import text
from validators.rule import Holds, Rule


def _in_place(x: str, y: str, division: str) -> bool:
    return check("coordinates", f"{x},{y}", division=division) is None


RULE = Rule(
    code="PRJ-016/coordinates_elsewhere",
    kind="range",
    tables=("SPGL_XMJBXXB",),
    fields=("XMJSDDX", "XMJSDDY"),
    clause="PRJ-016",
    statement="坐标应落在本行政区划范围内，X为经度，Y为纬度。",
    severity="warning",
    dimension="accuracy",
    message="建设地点坐标X“{XMJSDDX}”、Y“{XMJSDDY}”不在本地区范围内，或X、Y写反。",
    expected="X为经度，Y为纬度，十进制度，落在本地区范围内",
    why="坐标错误的项目在“一张蓝图”上落不到位，无法与规划控制线比对。",
    fix="核对坐标的次序、单位和坐标系，更正后重新推送。",
    check=Holds(
        text("XMJSDDX").through("in its place", _in_place, text("XMJSDDY"), text("XZQHDM"))
    ),
    good=({"XMJSDDX": "112.14", "XMJSDDY": "32.02", "XZQHDM": "420602"},),
    bad=(
        {"XMJSDDX": "32.02", "XMJSDDY": "112.14", "XZQHDM": "420602"},
        {"XMJSDDX": "0", "XMJSDDY": "0", "XZQHDM": "420602"},
    ),
    beside=({"XMJSDDX": "112.14", "XMJSDDY": None, "XZQHDM": "420602"},),
    boundary=(
        ({"XMJSDDX": "110.70", "XMJSDDY": "32.02", "XZQHDM": "420602"}, True),
        ({"XMJSDDX": "110.69", "XMJSDDY": "32.02", "XZQHDM": "420602"}, False),
        (
            {"XMJSDDX": "112.13999999999999", "XMJSDDY": "32.019999999999996", "XZQHDM": "420602"},
            True,
        ),
    ),
)
