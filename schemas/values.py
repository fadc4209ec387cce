"""What the text of a cell means: parsing by field type, and one normal form to compare with.

Records are landed and judged as text; a value gets a type only here. All functions are pure.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

from schemas.standard import Field

Value = str | int | Decimal | date | datetime

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}\Z")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,30})?\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_DATETIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\Z")
_MIDNIGHT = " 00:00:00"
# A time that is one is written in one way only, and so is a number of plain digits.
_NORMAL_AS_WRITTEN = frozenset({"string", "datetime"})
_PLAIN_DIGITS = 18


class NotOfTypeError(ValueError):
    """The text is not a value of the field's type; the message is Chinese and says what is."""


def parse(field: Field, text: str) -> Value:
    """The typed value of a filled cell; ``text`` is taken as it is, without trimming.

    Integers have at most 18 digits, decimals no exponent, dates are yyyy-MM-dd, times
    yyyy-MM-dd HH:mm:ss and must exist in the calendar. A date may carry a midnight time, as
    databases without a date type print it. Raises NotOfTypeError.
    """
    match field.type:
        case "string":
            return text
        case "integer":
            if _INTEGER.match(text):
                return int(text)
            raise NotOfTypeError("应为整数（半角数字）")
        case "decimal":
            if _DECIMAL.match(text):
                return Decimal(text)
            raise NotOfTypeError("应为数值（半角数字，可带小数点）")
        case "date":
            return _date(text)
        case "datetime":
            return _datetime(text)


def canonical(field: Field | None, text: str | None) -> str:
    """The one text by which two cells are the same value; empty and missing are the same.

    Text that is not of the field's type stays as it is, so that dirt compares as dirt.
    """
    if text is None or text == "":
        return ""
    if field is None or field.type in _NORMAL_AS_WRITTEN:
        return text
    if field.type == "date":
        if not text.endswith(_MIDNIGHT):
            return text
    elif text.isascii() and text.isdecimal() and text[0] != "0" and len(text) <= _PLAIN_DIGITS:
        return text
    try:
        value = parse(field, text)
    except NotOfTypeError:
        return text
    if isinstance(value, Decimal):
        plain = format(value, "f")
        if "." in plain:
            plain = plain.rstrip("0").rstrip(".")
        return "0" if plain in {"-0", "+0", ""} else plain
    return str(value)


def _date(text: str) -> date:
    bare = text.removesuffix(_MIDNIGHT)
    if not _DATE.match(bare):
        raise NotOfTypeError("应为日期，格式为 yyyy-MM-dd")
    try:
        return date.fromisoformat(bare)
    except ValueError:
        raise NotOfTypeError("日期不存在，应为日历中的日期，格式为 yyyy-MM-dd") from None


def _datetime(text: str) -> datetime:
    if not _DATETIME.match(text):
        raise NotOfTypeError("应为时间，格式为 yyyy-MM-dd HH:mm:ss")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise NotOfTypeError("时间不存在，应为日历中的时间，格式为 yyyy-MM-dd HH:mm:ss") from None
