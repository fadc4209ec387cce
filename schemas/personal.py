"""Personal data in records: which fields hold it, and how much of it people may be shown.

Notices, pages, logs and errors carry masked values only. Masking never fails, whatever the text,
and masking twice changes nothing.
"""

from __future__ import annotations

import re
from typing import Literal

from schemas.standard import Field

PersonalKind = Literal["resident_id", "phone", "name"]

_BY_NAME: tuple[tuple[PersonalKind, re.Pattern[str]], ...] = (
    ("resident_id", re.compile("证件号|身份证")),
    ("phone", re.compile("手机号|电话|联系方式")),
    ("name", re.compile("姓名|联系人|办理人|负责人|代理人|委托人$")),
)
_KEPT: dict[PersonalKind, tuple[int, int]] = {
    "resident_id": (4, 2),
    "phone": (3, 4),
    "name": (1, 0),
}
_RESIDENT = re.compile(r"(?<![0-9])[1-9][0-9]{5}(?:18|19|20)[0-9]{9}[0-9Xx](?![0-9])")
_SHORTEST = 11
"""Characters of the shorter of the two."""
_MOBILE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")


def kind_of(field: Field) -> PersonalKind | None:
    """Which personal data the field holds by its Chinese name, or None."""
    for kind, pattern in _BY_NAME:
        if pattern.search(field.name):
            return kind
    return None


def mask(kind: PersonalKind, text: str) -> str:
    """The text as it may be shown: ID first 4 and last 2, phone first 3 and last 4, name first 1.

    Of a text too short for that less is kept, so that at least a third is hidden.
    """
    head, tail = _KEPT[kind]
    if (head + tail) * 3 > len(text) * 2:
        head, tail = len(text) // 4, len(text) // 4
    hidden = len(text) - head - tail
    return text[:head] + "*" * hidden + (text[-tail:] if tail else "")


def mask_field(field: Field, text: str) -> str:
    """The value of a field as it may be shown; in free text the numbers of people are masked."""
    kind = kind_of(field)
    return mask_text(text) if kind is None else mask(kind, text)


def mask_text(text: str) -> str:
    """Free text with the resident identity and mobile numbers in it masked."""
    if len(text) < _SHORTEST:
        return text
    text = _RESIDENT.sub(lambda found: mask("resident_id", found[0]), text)
    return _MOBILE.sub(lambda found: mask("phone", found[0]), text)
