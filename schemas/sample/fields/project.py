"""Fields of the project row, its units, boundary, opinions, labels and supervision."""

from __future__ import annotations

from datetime import date, timedelta

from schemas.sample import codes, names
from schemas.sample.draft import DAY, SECOND, Draft
from schemas.sample.fields.maker import Maker, amount, day, fixed, now, one_of, put, same_as, whole

#: Flow types of government investment (buildings, lines); their money is public.
_GOVERNMENT = ("1", "2")
_LINES = "2"
_INDUSTRIAL = "6"
_BUILDINGS_SECTOR = "1"


def _work(draft: Draft) -> names.Work:
    flow = draft.text("SPLCLX")
    if flow == _LINES or draft.text("SFXXGC") == "1":
        return draft.rng.choice(names.LINES)
    if flow == _INDUSTRIAL:
        return draft.rng.choice(names.FACTORIES)
    return draft.rng.choice(names.BUILDINGS if flow in _GOVERNMENT else names.HOMES)


def _title(draft: Draft) -> str:
    return names.project(draft.rng, draft.place.name, _work(draft))


def _named_work(draft: Draft) -> names.Work | None:
    title = draft.text("XMMC")
    every = names.BUILDINGS + names.HOMES + names.FACTORIES + names.LINES
    return next((work for work in every if title.endswith(work.title)), None)


def _industry(draft: Draft) -> str:
    work = _named_work(draft)
    return work.industry if work else "E4790"


def _scale(draft: Draft) -> str:
    work = _named_work(draft)
    what = work.scale if work else "新建主体工程及配套设施"
    return f"{what}，总建筑面积{draft.text('JZMJ')}平方米，用地面积{draft.text('YDMJ')}平方米。"


def _owner(draft: Draft) -> str:
    if draft.text("XMTZLY") == "1":
        return names.company(draft.rng, draft.place.name, "城市建设投资")
    trade = "科技" if draft.text("SPLCLX") == _INDUSTRIAL else "房地产开发"
    return names.company(draft.rng, draft.place.name, trade)


def _planned_end(draft: Draft) -> str:
    start = date.fromisoformat(draft.text("NKGSJ"))
    return (start + timedelta(days=draft.rng.randint(300, 720))).strftime(DAY)


def _finished_at(draft: Draft) -> str | None:
    return now(draft) if draft.text("XMSFWQBJ") == "1" else None


def _applied(draft: Draft) -> str:
    return (draft.at - timedelta(minutes=draft.rng.randint(5, 90))).strftime(SECOND)


def _source(draft: Draft) -> str:
    return "1" if draft.text("SPLCLX") in _GOVERNMENT else "2"


def _point(draft: Draft) -> str:
    longitude, latitude = draft.place.point(draft.rng)
    return f"{longitude},{latitude}"


MAKERS: dict[str, Maker] = {
    "XMDM": lambda draft: codes.project(draft.rng, draft.text("XZQHDM"), draft.at),
    "XMMC": _title,
    "GCDM": lambda draft: codes.unit_of(draft.text("XMDM") or _free_project(draft)),
    "GCFW": fixed("本工程全部建设内容"),
    "QJDGCDM": fixed(None),
    "SPGL_XMJBXXB.SPLCLX": lambda draft: (
        _LINES if draft.has_value("SFXXGC") and draft["SFXXGC"] == "1" else draft.rng.choice("136")
    ),
    "XMTZLY": _source,
    "SPGL_XMJBXXB.TDHQFS": lambda draft: "2" if draft.text("XMTZLY") == "1" else "4",
    "TDSFDSJFA": fixed("0"),
    "SFWCQYPG": fixed("0"),
    "LXLX": lambda draft: "1" if draft.text("XMTZLY") == "1" else "3",
    "GCFL": fixed("23"),
    "GBHYDMFBND": fixed("2017"),
    "GBHY": _industry,
    "NKGSJ": lambda draft: (draft.at + timedelta(days=draft.rng.randint(150, 300))).strftime(DAY),
    "NJCSJ": _planned_end,
    "XMSFWQBJ": fixed("0"),
    "XMWQBJSJ": _finished_at,
    "ZTZE": whole(1200, 90000),
    "JSDDXZQH": same_as("XZQHDM"),
    "JSDD": lambda draft: draft.place.full + names.road(draft.rng),
    "XMJSDDX": lambda draft: draft.place.point(draft.rng)[0],
    "XMJSDDY": lambda draft: draft.place.point(draft.rng)[1],
    "JSGMJNR": _scale,
    "SPGL_XMJBXXB.YDMJ": whole(5000, 80000),
    "SPGL_XMJBXXB.JZMJ": whole(3000, 120000),
    "SBSJ": _applied,
    "JSDW": _owner,
    "JSDWLX": fixed("1"),
    "XMJWDZB": _point,
    "SFXXGC": lambda draft: "1" if draft.text("SPLCLX") == _LINES else "0",
    "GCHYFL": lambda draft: "31" if draft.text("SFXXGC") == "1" else _BUILDINGS_SECTOR,
    "SPGL_XMJBXXB.CD": amount(300, 9000),
    "ZDXMLX": fixed("0"),
    "SPGL_XMDWXXB.DWLX": fixed("1"),
    "SPGL_XMDWXXB.DWMC": lambda draft: names.company(draft.rng, draft.place.name, "城市建设投资"),
    "JZWJXH": whole(1, 999),
    "JZWJMC": put("用地红线界址点坐标成果{JZWJXH}"),
    "JZWJSM": fixed("2000国家大地坐标系，勘测定界成果。"),
    "QQYJSLBM": lambda draft: codes.serial(draft.rng, draft.text("XZQHDM"), draft.at, "QQ"),
    "QQYJ": one_of(
        "项目选址符合国土空间规划，原则同意，请按程序办理。",
        "项目符合产业政策，建议完善水土保持措施。",
        "经研究，无不同意见。",
    ),
    "YCQX": fixed("1"),
    "YCJB": fixed("1"),
    "YCXWNR": one_of(
        "未按批准的设计方案施工，已责令改正。",
        "现场文明施工措施落实不到位，已下达整改通知。",
    ),
    "JLYCSJ": now,
    "JGBMCLJG": fixed("已按期完成整改并复查合格。"),
    "BQMC": one_of("重点项目", "民生工程", "产业项目"),
    "BQX": lambda draft: f"{draft.rng.randint(1, 99):02d}",
    "TJNF": lambda draft: str(draft.at.year),
    "KZXWJXH": whole(1, 999999),
    "KZXWJMC": one_of("城镇开发边界控制线", "生态保护红线", "城市绿线", "城市蓝线"),
    "KZXSYKSSJ": day(-400),
    "KZXWJSM": put("{county}国土空间规划控制线成果。"),
}


def _free_project(draft: Draft) -> str:
    """A project code for tables that carry only the engineering code."""
    return codes.project(draft.rng, draft.text("XZQHDM"), draft.at)
