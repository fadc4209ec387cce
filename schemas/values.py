"""What the text of a cell means: parsing by field type, and one normal form to compare with.

Records are landed and judged as text; a value gets a type only here. All functions are pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType

from schemas.standard import Field, FieldType

Value = str | int | Decimal | date | datetime

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}\Z")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,30})?\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_DATETIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\Z")
_MIDNIGHT = " 00:00:00"
NORMAL_AS_WRITTEN = frozenset({"string", "datetime"})
"""Types of field whose texts are their own normal form: a time that is one is written one way."""
_PLAIN_DIGITS = 18  # a number of plain digits is written in one way, too


class NotOfTypeError(ValueError):
    """The text is not a value of the field's type; the message is Chinese and says what is."""


def parse(field: Field, text: str) -> Value:
    """The typed value of a filled cell; ``text`` is taken as it is, without trimming.

    Integers have at most 18 digits, decimals no exponent, dates are yyyy-MM-dd, times
    yyyy-MM-dd HH:mm:ss and must exist in the calendar. A date may carry a midnight time, as
    databases without a date type print it. Raises NotOfTypeError.
    """
    value = READ[field.type](text)
    if value is None:
        raise NotOfTypeError(_what_is_wanted(field.type, text))
    return value


def canonical(field: Field | None, text: str | None) -> str:
    """The one text by which two cells are the same value; empty and missing are the same.

    Text that is not of the field's type stays as it is, so that dirt compares as dirt.
    """
    if text is None or text == "":
        return ""
    if field is None or field.type in NORMAL_AS_WRITTEN:
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


def _integer(text: str) -> int | None:
    plain = text.isdecimal() and text.isascii() and len(text) <= _PLAIN_DIGITS
    return int(text) if plain or _INTEGER.match(text) else None


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if _DECIMAL.match(text) else None


def _date(text: str) -> date | None:
    bare = text.removesuffix(_MIDNIGHT)
    if not _DATE.match(bare):
        return None
    try:
        return date.fromisoformat(bare)
    except ValueError:
        return None


def _datetime(text: str) -> datetime | None:
    if not _DATETIME.match(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


READ: Mapping[FieldType, Callable[[str], Value | None]] = MappingProxyType(
    {
        "string": str,
        "integer": _integer,
        "decimal": _decimal,
        "date": _date,
        "datetime": _datetime,
    }
)
"""By type of field what reads a filled cell as ``parse`` does; None where that raises."""


def _what_is_wanted(kind: FieldType, text: str) -> str:
    match kind:
        case "integer":
            return "应为整数（半角数字）"
        case "decimal":
            return "应为数值（半角数字，可带小数点）"
        case "date":
            form = "格式为 yyyy-MM-dd"
            if _DATE.match(text.removesuffix(_MIDNIGHT)):
                return f"日期不存在，应为日历中的日期，{form}"
            return f"应为日期，{form}"
        case _:
            form = "格式为 yyyy-MM-dd HH:mm:ss"
            if _DATETIME.match(text):
                return f"时间不存在，应为日历中的时间，{form}"
            return f"应为时间，{form}"
