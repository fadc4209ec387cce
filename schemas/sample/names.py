"""Names as counties write them: people, companies, projects, roads, all invented.

Nothing here is the name of a place that exists; places come from the list of divisions.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

_SURNAMES = "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国志文海云波峰宁晨宇欣怡浩然子涵"
_BRANDS = (
    "宏远", "鼎盛", "瑞丰", "华泰", "金川", "恒信", "博雅", "天成", "中汇", "新城", "东升", "嘉业",
    "盛景", "安泰", "永兴", "鸿业", "众力", "同创", "润达", "正阳",
)  # fmt: skip
_ROADS = (
    "建设路",
    "人民路",
    "创业大道",
    "迎宾大道",
    "滨江路",
    "文化路",
    "学府路",
    "新华街",
    "工业一路",
)
_SIDES = ("东侧", "西侧", "南侧", "北侧")


@dataclass(frozen=True, slots=True)
class Work:
    """What is built: the tail of a project name, its scale in words, its industry code."""

    title: str
    scale: str
    industry: str


BUILDINGS = (
    Work("第三实验小学新建项目", "新建教学楼、综合楼、食堂及运动场", "P8321"),
    Work("人民医院门诊综合楼项目", "新建门诊综合楼、地下停车库及配套设施", "Q8411"),
    Work("公共卫生服务中心项目", "新建业务用房、实验室及配套设施", "Q8431"),
    Work("文化馆图书馆综合体项目", "新建文化馆、图书馆、展厅及地下车库", "R8831"),
    Work("养老服务中心建设项目", "新建养护楼、康复楼及室外工程", "Q8512"),
)
HOMES = (
    Work("锦绣家园住宅小区项目", "新建住宅楼、配套商业用房及地下车库", "K7010"),
    Work("滨江花园二期项目", "新建高层住宅楼、幼儿园及地下车库", "K7010"),
    Work("商业广场建设项目", "新建商业综合楼、酒店及地下车库", "K7010"),
)
FACTORIES = (
    Work("新能源汽车零部件生产项目", "新建生产车间、仓库、研发楼及附属设施", "C3670"),
    Work("农产品精深加工项目", "新建加工车间、冷库、综合楼及配套设施", "C1399"),
    Work("智能装备制造基地项目", "新建标准厂房、检验中心及厂区道路", "C3490"),
)
LINES = (
    Work("城区道路改造工程", "改造道路及排水、照明、绿化工程", "E4813"),
    Work("污水管网建设工程", "新建污水管网及检查井", "E4852"),
    Work("农村公路提档升级工程", "改建路面、桥涵及安防设施", "E4812"),
)


def person(rng: Random) -> str:
    """A person's name of two or three characters."""
    given = "".join(rng.sample(_GIVEN, rng.choice((1, 2, 2))))
    return rng.choice(_SURNAMES) + given


def company(rng: Random, place: str, trade: str) -> str:
    """A company of a trade (建设投资, 建筑设计, …), registered in a place."""
    form = rng.choice(("有限公司", "有限公司", "有限责任公司"))
    return f"{place}{rng.choice(_BRANDS)}{trade}{form}"


def road(rng: Random) -> str:
    """A site by its road, as in 建设路与文化路交叉口东侧."""
    first, second = rng.sample(_ROADS, 2)
    return f"{first}与{second}交叉口{rng.choice(_SIDES)}"


def project(rng: Random, place: str, work: Work) -> str:
    """A project name: place, year-less phase or brand, and what is built."""
    return f"{place}{rng.choice(_BRANDS)}{work.title}"
