"""非线性工程没有面积。"""

from validators.expression import code, number
from validators.rule import Holds, Rule

RULE = Rule(
    code="PRJ-015/building_without_area",
    kind="conditional",
    tables=("SPGL_XMJBXXB",),
    fields=("YDMJ", "JZMJ", "SFXXGC"),
    clause="PRJ-015",
    statement="非线性工程须填建筑面积或用地面积。",
    severity="warning",
    dimension="completeness",
    message="不是线性工程，用地面积和建筑面积却都是0。",
    expected="至少一项大于0",
    why="非线性工程以面积计量规模，缺少面积无法统计和核验。",
    fix="填写用地面积或建筑面积（平方米）；确为线性工程的，将“是否线性工程”改为1并填写长度。",
    check=Holds((number("YDMJ") + number("JZMJ")).differs(0), when=code("SFXXGC").is_in("0")),
    good=({"SFXXGC": "0", "YDMJ": "0", "JZMJ": "12000"},),
    bad=({"SFXXGC": "0", "YDMJ": "0", "JZMJ": "0"},),
    beside=({"SFXXGC": "1", "YDMJ": "0", "JZMJ": "0"}, {"SFXXGC": "0", "YDMJ": None, "JZMJ": "0"}),
    boundary=(({"SFXXGC": "0", "YDMJ": "300", "JZMJ": "300"}, True),),
)
