"""项目坐标不在中国或本地区范围内，或经纬度写反。"""

from schemas.identifiers import check
from validators.expression import text
from validators.rule import Holds, Rule


def _in_place(point: str, division: str) -> bool:
    return check("coordinates", point, division=division) is None


def _told(point: str) -> str | None:
    problem = check("coordinates", point)
    return "不在上报地区范围内。" if problem is None else f"{problem.message}。"


def _meant(point: str) -> str | None:
    problem = check("coordinates", point)
    return None if problem is None else problem.expected


RULE = Rule(
    code="PRJ-016/point_elsewhere",
    kind="range",
    fields=("XMJWDZB",),
    clause="PRJ-016",
    statement="坐标应落在本行政区划范围内。",
    severity="warning",
    dimension="accuracy",
    message="项目经纬度坐标“{XMJWDZB}”不正确。",
    expected="“经度,纬度”，十进制度（CGCS2000），落在本地区范围内",
    suggest=_meant,
    detail=_told,
    why="坐标错误的项目在“一张蓝图”上落不到位，无法与规划控制线比对。",
    fix="核对坐标的次序、单位和坐标系，更正后重新推送。",
    check=Holds(text("XMJWDZB").through("in its place", _in_place, text("XZQHDM"))),
    good=(
        {"XMJWDZB": "112.140000,32.020000", "XZQHDM": "420602"},
        {"XMJWDZB": "116.4,39.9", "XZQHDM": "110101"},
    ),
    bad=(
        {"XMJWDZB": "32.020000,112.140000", "XZQHDM": "420602"},
        {"XMJWDZB": "0.000000,0.000000", "XZQHDM": "420602"},
        {"XMJWDZB": "116.4,39.9", "XZQHDM": "420602"},
        {"XMJWDZB": "汉江边", "XZQHDM": "420602"},
    ),
    beside=({"XMJWDZB": None, "XZQHDM": "420602"},),
    boundary=(
        ({"XMJWDZB": "112.14,32.66", "XZQHDM": "420602"}, True),
        ({"XMJWDZB": "112.14,32.68", "XZQHDM": "420602"}, False),
        ({"XMJWDZB": "112.14,32.02;112.15,32.03;", "XZQHDM": "420602"}, True),
        ({"XMJWDZB": "112.14,32.02;112.15,32.68", "XZQHDM": "420602"}, False),
        ({"XMJWDZB": "112.13999999999999,32.019999999999996", "XZQHDM": "420602"}, True),
    ),
)
