"""Fields of permits, filings, drawing review, responsible parties and buildings."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from schemas.sample import codes, names
from schemas.sample.draft import DAY, SECOND, Draft
from schemas.sample.fields.case import office_of
from schemas.sample.fields.maker import Maker, amount, day, fixed, now, one_of, put, same_as, whole

_BUILDINGS = "01"
_PLANNING = "自然资源和规划局"
_HOUSING = "住房和城乡建设局"


def _issuer(draft: Draft) -> str:
    planning = {"YDGHXKZBH", "XMZPMT"} & set(draft.table.columns) and "SGXKZBH" not in draft
    return draft.place.name + (_PLANNING if planning else _HOUSING)


def _above_ground(draft: Draft) -> str:
    if total := _given_total(draft):
        return f"{total * Decimal('0.8'):.2f}"
    return f"{draft.rng.randint(3000, 60000)}.{draft.rng.randint(0, 99):02d}"


def _given_total(draft: Draft) -> Decimal | None:
    for code in ("ZJZMJ", "JZMJ"):
        if draft.has_value(code):
            return Decimal(draft.text(code))
    return None


def _below_ground(draft: Draft) -> str:
    above = Decimal(draft.text("DSJZMJ"))
    if total := _given_total(draft):
        return f"{total - above:.2f}"
    return f"{draft.rng.randint(500, 9000)}.00"


def _total_area(draft: Draft) -> str:
    if "DSJZMJ" not in draft:
        return f"{draft.rng.randint(3000, 60000)}.00"
    return f"{Decimal(draft.text('DSJZMJ')) + Decimal(draft.text('DXJZMJ')):.2f}"


def _building_area(draft: Draft) -> str | None:
    return _total_area(draft) if is_building(draft) else None


def is_building(draft: Draft) -> bool:
    """Whether the single work is a building: its kind begins with the sector of buildings."""
    return draft.text("GCYT").startswith(_BUILDINGS)


def of_building(maker: Maker) -> Maker:
    """A value only buildings have."""
    return lambda draft: maker(draft) if is_building(draft) else None


def _planned_finish(draft: Draft) -> str:
    start = date.fromisoformat(draft.text("JHKGRQ"))
    return (start + timedelta(days=draft.rng.randint(300, 700))).strftime(DAY)


def _started(draft: Draft) -> str:
    finished = date.fromisoformat(draft.text("JGRQ"))
    return (finished - timedelta(days=draft.rng.randint(300, 700))).strftime(DAY)


def _first_review(draft: Draft) -> str:
    return (draft.at - timedelta(days=2, minutes=draft.rng.randint(0, 200))).strftime(SECOND)


def _scale(draft: Draft) -> str:
    return f"总建筑面积{draft.text('ZJZMJ', draft.text('YDMJ', '12000'))}平方米"


def _extent(draft: Draft) -> str:
    if is_building(draft):
        return f"建筑面积{draft.text('JZMJ')}平方米"
    return f"长度{draft.text('CD')}米"


def _identity(draft: Draft) -> str:
    return codes.resident(draft.rng, draft.text("XZQHDM"))


def _company(trade: str) -> Maker:
    return lambda draft: names.company(draft.rng, draft.place.city, trade)


def _credit_code(draft: Draft) -> str:
    return codes.company(draft.rng, draft.text("XZQHDM"))


def _person(draft: Draft) -> str:
    return names.person(draft.rng)


def _mobile(draft: Draft) -> str:
    return codes.mobile(draft.rng)


def _numbered(kind: str) -> Maker:
    return lambda draft: codes.permit(draft.rng, draft.text("XZQHDM"), draft.at, kind)


MAKERS: dict[str, Maker] = {
    "YDGHXKZBH": _numbered("land"),
    "GCGHXKZBH": _numbered("planning"),
    "SGXKZBH": _numbered("construction"),
    "SCHGSBH": _numbered("drawings"),
    "STYWBH": lambda draft: codes.serial(draft.rng, draft.text("XZQHDM"), draft.at, "ST"),
    "JGYSBABH": _numbered("completion"),
    "XKBABH": _numbered("construction"),
    "ZBTZSBH": lambda draft: codes.serial(draft.rng, draft.text("XZQHDM"), draft.at, "ZB"),
    "SPFYSXKZBH": _numbered("sale"),
    "FZJG": _issuer,
    "FZJGTYSHXYDM": office_of("FZJG"),
    "BAJG": put("{county}住房和城乡建设局"),
    "BAJGXYDM": office_of("BAJG"),
    "FZRQ": day(0),
    "BARQ": day(0),
    "BAFW": fixed("本工程全部单体"),
    "PZYDJG": put("{county}人民政府"),
    "PZYDWH": lambda draft: codes.document(draft.rng, draft.at),
    "YDDW": lambda draft: names.company(draft.rng, draft.place.name, "城市建设投资"),
    "YDTYSHXYDM": _credit_code,
    "YDWZ": lambda draft: draft.place.full + names.road(draft.rng),
    "TDYT": fixed("城镇住宅用地、公共管理与公共服务用地"),
    "SPGL_JSYDGHXKXXB.TDHQFS": fixed("4"),
    "SPGL_JSYDGHXKXXB.YDMJ": whole(5000, 80000),
    "JSGM": _scale,
    "JSWZ": lambda draft: draft.place.full + names.road(draft.rng),
    "JSDZ": lambda draft: draft.place.full + names.road(draft.rng),
    "GCDZ": lambda draft: draft.place.full + names.road(draft.rng),
    "XMZL": lambda draft: draft.place.full + names.road(draft.rng),
    "SSQX": same_as("XZQHDM"),
    "GLSD": same_as("XZQHDM"),
    "XMZPMT": fixed("总平面图.pdf"),
    "FTJFJMC": fixed("建设工程规划许可证附图.pdf"),
    "SPGL_JSYDGHXKXXB.FJMC": fixed("建设用地规划许可证附图.pdf"),
    "GCMC": lambda draft: names.project(
        draft.rng, draft.place.name, draft.rng.choice(names.BUILDINGS)
    ),
    "JSXZ": fixed("1"),
    "JHKGRQ": day(15),
    "JHJGRQ": _planned_finish,
    "HTJG": amount(500, 60000),
    "ZJZMJ": _total_area,
    "DSJZMJ": _above_ground,
    "DXJZMJ": _below_ground,
    "RFMJ": lambda draft: f"{Decimal(draft.text('DXJZMJ')) * Decimal('0.3'):.2f}",
    "KGRQ": _started,
    "JGRQ": day(-20),
    "SJZJ": amount(500, 60000),
    "SFSXLHYS": fixed("1"),
    "SFBGWFZT": fixed("0"),
    "JSDWYJ": fixed("工程质量合格，同意竣工验收。"),
    "DAYSZT": fixed("1"),
    "DAYSYJ": fixed("工程档案齐全，验收合格。"),
    "JSDWXMFZR": _person,
    "JSFZRZJHM": _identity,
    "JSFZRLXDH": _mobile,
    "JSDWDM": _credit_code,
    "SCDW": put("{county}住房和城乡建设局"),
    "SFYRFLHSC": fixed("1"),
    "SFYXFLHSC": fixed("1"),
    "SFSZHSC": fixed("1"),
    "SCKSRQ": day(-8),
    "CSWCSJ": _first_review,
    "CSSFTG": fixed("1"),
    "CSYJ": fixed("初审通过，个别构造做法请补充详图。"),
    "SCZFXWFQTZS": fixed("0"),
    "SCTGSJ": now,
    "SCYJ": fixed("审查合格。"),
    "KCJG": _company("勘察设计审查"),
    "SJDW": _company("建筑设计"),
    "SCJG": _company("施工图审查"),
    "SJDWXMFZR": _person,
    "SJDWXMFZRHM": _identity,
    "SPGL_ZRZTXXB.DWLX": one_of("1", "2", "3", "4"),
    "SPGL_ZRZTXXB.DWMC": _company("建设工程"),
    "ZZDJ": fixed("1"),
    "FDDBR": _person,
    "FRZJHM": _identity,
    "FZRXM": _person,
    "FZRZJHM": _identity,
    "FZRLXDH": _mobile,
    "RYXM": _person,
    "RYZJHM": _identity,
    "RYLXFS": _mobile,
    "RYLX": fixed("1"),
    "RYZYLX": fixed("1"),
    "SPGL_KCSJRYXXB.DTBM": fixed(None),
    "DTMC": lambda draft: f"{draft.rng.randint(1, 30)}号楼",
    "DTBM": lambda draft: codes.building(draft.text("XMDM"), draft.rng.randint(1, 30)),
    "GCYT": one_of("0101", "0102", "0103"),
    "GMZB": _extent,
    "JGTX": of_building(fixed("2")),
    "NHDJ": of_building(fixed("1")),
    "JZFS": of_building(fixed("1")),
    "DTJWDZB": lambda draft: ",".join(draft.place.point(draft.rng)),
    "DTGCZZJ": amount(200, 9000),
    "SPGL_XMDTXXB.JZMJ": _building_area,
    "SPGL_XMDTXXB.DSJZMJ": of_building(_above_ground),
    "SPGL_XMDTXXB.DXJZMJ": of_building(_below_ground),
    "ZDMJ": whole(400, 3000),
    "JZGCGD": of_building(amount(9, 80)),
    "DSCS": of_building(whole(3, 26)),
    "DXCS": of_building(whole(1, 2)),
    "SPGL_XMDTXXB.CD": lambda draft: None if is_building(draft) else amount(100, 3000)(draft),
    "KD": fixed(None),
    "KFDWMC": lambda draft: names.company(draft.rng, draft.place.name, "房地产开发"),
    "KFDWDM": _credit_code,
    "ZJJGYH": fixed("监管银行营业部"),
    "ZJJGZH": lambda draft: str(draft.rng.randrange(10**15, 10**16)),
    "YSZMJ": amount(3000, 40000),
    "YSZDS": whole(1, 9),
    "YSZTS": whole(40, 900),
    "QZ": fixed("住宅及配套商业"),
    "BZLH": fixed("1号楼、2号楼"),
    "CS": whole(6, 26),
    "BDCDYDM": lambda draft: codes.real_estate(draft.rng, draft.text("XZQHDM")),
    "YXQQSSJ": day(0),
    "YXQJZSJ": day(1095),
}
