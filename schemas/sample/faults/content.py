"""Faults any field of its kind can have: types, dates, codes, identifiers, placeholders (COM)."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from schemas.sample.faults.fault import (
    Changes,
    Fault,
    Record,
    collected,
    content,
    some_field,
)
from schemas.standard import Field, Table

_FULL_WIDTH = {ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"}
_TEXT_ONLY = ("名称", "意见", "内容", "说明", "地址", "地点", "范围")
_MEASURES = ("面积", "总额", "投资额", "造价", "价格", "长度", "时限", "数量", "高度")
_NUMBERS = frozenset({"integer", "decimal"})
_TIMES = frozenset({"date", "datetime"})
_PLANNED = frozenset({"NKGSJ", "NJCSJ", "JHKGRQ", "JHJGRQ", "PFWJYXQX", "YXQJZSJ", "QYPGCGJZRQ"})
_CREDIT_CODE = 18


def _is_time(field: Field, _: str) -> bool:
    return field.type in _TIMES


def _happened(field: Field, _: str) -> bool:
    return field.type in _TIMES and field.code not in _PLANNED and field.code != "TYRQ"


def _is_number(field: Field, _: str) -> bool:
    return field.type in _NUMBERS and not field.codelist


def _is_measure(field: Field, _: str) -> bool:
    return _is_number(field, "") and any(word in field.name for word in _MEASURES)


def _is_credit_code(field: Field, text: str) -> bool:
    named = field.code.endswith(("TYSHXYDM", "XYDM")) or field.code in {
        "JSDWDM", "ZJJGDM", "KFDWDM", "SSZTBM",
    }  # fmt: skip
    return named and len(text) == _CREDIT_CODE


def _is_identity(field: Field, text: str) -> bool:
    return field.code.endswith(("ZJHM", "FZRHM")) and len(text) == _CREDIT_CODE


def _is_mobile(field: Field, text: str) -> bool:
    phone = field.code.endswith(("SJH", "LXDH")) or field.code in {"RYLXFS", "LXDH"}
    return phone and text.startswith("1")


def _is_prose(field: Field, _: str) -> bool:
    return (
        field.type == "string"
        and field.required == "M"
        and any(word in field.name for word in _TEXT_ONLY)
    )


def _with_layout(date_text: str, bad_day: str) -> str:
    """The bad day, with the time of day that the cell had."""
    return bad_day + date_text[10:]


def _day(bad_day: str) -> Callable[[str, Random], str]:
    return lambda text, _: _with_layout(text, bad_day)


def _other_last(text: str, rng: Random) -> str:
    """The text with another last character of the same sort."""
    others = [digit for digit in "0123456789" if digit != text[-1]]
    return text[:-1] + rng.choice(others)


def _mandatory_missing(table: Table, record: Record, rng: Random) -> Changes | None:
    filled = [
        field.code
        for field in content(table)
        if field.required == "M" and field.required_confidence == "high" and record.get(field.code)
    ]
    return {rng.choice(filled): None} if filled else None


def _unlisted(table: Table, record: Record, rng: Random) -> Changes | None:
    """A code that no complete list holds. 77 is in no list."""
    coded = [
        field.code
        for field in content(table)
        if field.codelist in COMPLETE and record.get(field.code)
    ]
    return {rng.choice(coded): "77"} if coded else None


#: Lists that are complete in every version that has them; a test holds them to it.
COMPLETE = frozenset({
    "SF", "XMTZLY", "LXLX", "JSXZ", "SLFS", "SHIXIANLX", "SPJGLX", "CLXS", "CLBYX", "LYQD", "QLLY",
    "TBFW", "DWLX_V2", "DWLX_ZRZT", "SPLCLX_V2", "LCBSXLX", "TSJSGCQX", "BZSPJD", "BLZT",
})  # fmt: skip


def _over_long(table: Table, record: Record, rng: Random) -> Changes | None:
    limited = [
        field
        for field in content(table)
        if field.length and field.type == "string" and record.get(field.code)
    ]
    if not limited:
        return None
    field = rng.choice(limited)
    return {field.code: (record[field.code] or "") + "9" * (field.length or 1)}


def _over_precise(table: Table, record: Record, rng: Random) -> Changes | None:
    limited = [
        field
        for field in content(table)
        if field.precision and not field.codelist and record.get(field.code)
    ]
    if not limited:
        return None
    field = rng.choice(limited)
    return {field.code: "9" * ((field.precision or 0) + 1)}


FAULTS = collected(
    Fault("mandatory_missing", "必填字段为空", (), _mandatory_missing),
    Fault("over_long", "字符长度超过字段长度", ("COM-014",), _over_long),
    Fault("over_precise", "数值位数超过字段精度", ("COM-014",), _over_precise),
    Fault("code_not_listed", "代码不在代码表内", ("COM-013",), _unlisted),
    Fault(
        "day_not_in_calendar",
        "日期不存在（2026-02-30）",
        ("COM-015",),
        some_field(_is_time, _day("2026-02-30")),
    ),
    Fault(
        "zero_date",
        "日期为0000-00-00",
        ("COM-015",),
        some_field(_is_time, _day("0000-00-00")),
    ),
    Fault(
        "date_with_slashes",
        "日期用斜杠分隔",
        ("COM-015",),
        some_field(_is_time, lambda text, _: text.replace("-", "/")),
    ),
    Fault(
        "full_width_date",
        "日期含全角数字",
        ("COM-015",),
        some_field(_is_time, lambda text, _: text.translate(_FULL_WIDTH)),
    ),
    Fault(
        "full_width_number",
        "数值含全角数字",
        (),
        some_field(_is_number, lambda text, _: text.translate(_FULL_WIDTH)),
    ),
    Fault(
        "number_with_unit",
        "数值带有单位文字",
        (),
        some_field(_is_number, lambda text, _: f"{text}元"),
    ),
    Fault(
        "number_with_separator",
        "数值带有千分位分隔符",
        (),
        some_field(_is_number, lambda _, rng: f"{rng.randint(1, 9)},000"),
    ),
    Fault(
        "future_time",
        "业务时间晚于上报时间",
        ("COM-016",),
        some_field(_happened, _day("2099-01-04")),
    ),
    Fault(
        "credit_code_check",
        "统一社会信用代码校验位错误",
        ("COM-017",),
        some_field(_is_credit_code, _other_last),
    ),
    Fault(
        "credit_code_short",
        "统一社会信用代码不足18位",
        ("COM-017",),
        some_field(_is_credit_code, lambda text, _: text[:-1]),
    ),
    Fault(
        "identity_check",
        "居民身份证号码校验位错误",
        ("COM-018",),
        some_field(_is_identity, _other_last),
    ),
    Fault(
        "mobile_malformed",
        "手机号位数不对",
        ("COM-019",),
        some_field(_is_mobile, lambda text, _: text[:-1]),
    ),
    Fault(
        "placeholder_slash",
        "以“/”代替必填信息",
        ("COM-020",),
        some_field(_is_prose, lambda _, __: "/"),
    ),
    Fault(
        "placeholder_none",
        "以“无”代替必填信息",
        ("COM-020",),
        some_field(_is_prose, lambda _, rng: rng.choice(("无", "暂无", "测试"))),
    ),
    Fault(
        "negative_amount",
        "金额、面积、时限等为负数",
        ("COM-023",),
        some_field(_is_measure, lambda text, _: f"-{text}"),
    ),
)
