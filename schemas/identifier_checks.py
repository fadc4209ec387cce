"""What to check of an identifier once its form is right: check digits, dates, divisions, places.

One function for each identifier that has more to it than a pattern. Each gets a text that fits the
pattern and returns the fault, or None. Messages are Chinese and carry nothing personal.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from schemas import check_digits
from schemas.divisions import covers, divisions, full_name
from schemas.personal import mask

LIST = Path(__file__).parent / "lists" / "identifiers.toml"

UNLISTED = "unlisted"
"""The reason of a fault that only says that nobody here can tell."""

_FIRST_YEAR = 2015
_METRES = 1000
_CITY_MARGIN = 0.05
_USCC_LENGTH = 18
_ITEM_WITH_OWNER = 31
_POINT = re.compile(
    r"\s*(-?[0-9]{1,9}(?:\.[0-9]{1,20})?)\s*,\s*(-?[0-9]{1,9}(?:\.[0-9]{1,20})?)\s*"
)
_USCC_FORM = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_INDUSTRY = {
    letter: range(first, last + 1)
    for letter, first, last in (
        ("A", 1, 5), ("B", 6, 12), ("C", 13, 43), ("D", 44, 46), ("E", 47, 50), ("F", 51, 52),
        ("G", 53, 60), ("H", 61, 62), ("I", 63, 65), ("J", 66, 69), ("K", 70, 70), ("L", 71, 72),
        ("M", 73, 75), ("N", 76, 79), ("O", 80, 82), ("P", 83, 83), ("Q", 84, 85), ("R", 86, 90),
        ("S", 91, 96), ("T", 97, 97),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Around:
    """What is known beside the text: the division of the record, and the day of the check."""

    division: str | None
    today: date | None


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a text is wrong, in Chinese, and the computed right value where there is one."""

    reason: str
    message: str
    expected: str | None = None


def _uscc(text: str, _around: Around) -> Fault | None:
    return _last("统一社会信用代码", text, check_digits.uscc(text[:-1]))


def _organisation(text: str, _around: Around) -> Fault | None:
    body = text.replace("-", "")
    return _last("组织机构代码", text, check_digits.organisation(body[:-1]))


def _resident(text: str, around: Around) -> Fault | None:
    born = _day(text[6:14])
    if born is None:
        return Fault("date", "公民身份号码第7至14位不是日历中的日期")
    if around.today is not None and born > around.today:
        return Fault("date", "公民身份号码中的出生日期晚于今天")
    right = check_digits.resident(text[:-1])
    if right == text[-1]:
        return None
    return Fault(
        "checksum",
        "公民身份号码校验码不符，请对照证件核对",
        mask("resident_id", text[:-1] + right),
    )


def _project(text: str, _around: Around) -> Fault | None:
    return _last("投资项目统一代码", text, check_digits.mod_11_10(text.replace("-", "")[:-1]))


def _division(text: str, _around: Around) -> Fault | None:
    listed = divisions()
    if text in listed.known:
        return None
    old = listed.abolished.get(text)
    if old is not None:
        return Fault(
            "abolished", f"行政区划代码{text}（{old.name}）已于{old.until}年停用", old.successor
        )
    if covers(text):
        return Fault("unknown", f"行政区划代码{text}不存在")
    return Fault(UNLISTED, f"行政区划代码{text}不在本系统收录的区划内，无法核实")


def _industry(text: str, _around: Around) -> Fault | None:
    if not text[0].isalpha() or len(text) == 1:
        return None
    owner = next((letter for letter, span in _INDUSTRY.items() if int(text[1:3]) in span), None)
    if owner == text[0]:
        return None
    expected = owner + text[1:] if owner else None
    return Fault("format", f"国标行业代码的门类{text[0]}不含大类{text[1:3]}", expected)


def _item(text: str, _around: Around) -> Fault | None:
    if len(text) < _ITEM_WITH_OWNER:
        return None
    owner = text[:_USCC_LENGTH]
    if not _USCC_FORM.fullmatch(owner):
        return Fault("format", "事项编码前18位应为实施主体的统一社会信用代码")
    right = check_digits.uscc(owner[:-1])
    if right == owner[-1]:
        return None
    expected = owner[:-1] + right + text[_USCC_LENGTH:]
    return Fault("checksum", "事项编码前18位（统一社会信用代码）校验码不符", expected)


def _certificate(text: str, _around: Around) -> Fault | None:
    parts = text.split(".")
    return _last("电子证照标识", text, check_digits.mod_37_36("".join(parts[5:-1])))


def _permit(text: str, _around: Around) -> Fault | None:
    if _day(text[6:14]) is None:
        return Fault("date", "施工许可证编号第7至14位不是日历中的日期")
    return None


def _event_time(text: str, around: Around) -> Fault | None:
    try:
        at = datetime.strptime(text, "%Y-%m-%d %H:%M:%S")
    except ValueError:
        return Fault("date", "时间不存在，应为日历中的时间")
    if at.year < _FIRST_YEAR:
        return Fault("range", f"时间早于{_FIRST_YEAR}年1月1日")
    if around.today is not None and at.date() > around.today:
        return Fault("range", "时间晚于今天")
    return None


def _coordinates(text: str, around: Around) -> Fault | None:
    for part in text.replace("；", ";").replace("，", ",").strip(";").split(";"):
        point = _POINT.fullmatch(part)
        if point is None:
            return Fault("format", "坐标应为“经度,纬度”（十进制度，CGCS2000），多个点以分号分隔")
        fault = _place(float(point[1]), float(point[2]), around)
        if fault is not None:
            return fault
    return None


def _place(lon: float, lat: float, around: Around) -> Fault | None:
    boxes = _boxes()
    if _inside(boxes["national"], lat, lon, 0):
        return Fault("swapped", "经度与纬度写反", f"{lat},{lon}")
    if abs(lon) > _METRES or abs(lat) > _METRES:
        return Fault("range", "坐标像是投影坐标（米），应为十进制度的经纬度")
    if not _inside(boxes["national"], lon, lat, 0):
        return Fault("range", "坐标不在中国境内")
    city = f"{around.division[:4]}00" if around.division else ""
    if city in boxes and not _inside(boxes[city], lon, lat, _CITY_MARGIN):
        return Fault("city", f"坐标不在{full_name(city)}范围内")
    return None


def _inside(box: Mapping[str, Any], lon: float, lat: float, margin: float) -> bool:
    (west, east), (south, north) = box["lon"], box["lat"]
    return bool(west - margin <= lon <= east + margin and south - margin <= lat <= north + margin)


@cache
def _boxes() -> Mapping[str, Any]:
    entries = tomllib.loads(LIST.read_text("utf-8"))["identifiers"]
    boxes: Mapping[str, Any] = next(e for e in entries if e["id"] == "coordinates")["rule"]
    return boxes


def _last(what: str, text: str, right: str) -> Fault | None:
    if text[-1] == right:
        return None
    return Fault("checksum", f"{what}校验码不符，按前面各位计算末位应为{right}", text[:-1] + right)


def _day(digits: str) -> date | None:
    try:
        return datetime.strptime(digits, "%Y%m%d").date()
    except ValueError:
        return None


CHECKS: Mapping[str, Callable[[str, Around], Fault | None]] = {
    "uscc": _uscc,
    "org_code": _organisation,
    "resident_id": _resident,
    "investment_project_code": _project,
    "admin_division": _division,
    "industry_code": _industry,
    "service_item_code": _item,
    "e_certificate_id": _certificate,
    "construction_permit_no": _permit,
    "event_time": _event_time,
    "coordinates": _coordinates,
}
"""What to check beyond the pattern, by identifier."""
