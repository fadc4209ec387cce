"""Free text: readable, and nothing in it that only a machine put there.

Garbled text has lost what it said and is refused; unclean text still says it and is to be mended.
Rare characters are neither: names of people and places may hold any character of Unicode.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from schemas import Field
from validators.citation import Citation
from validators.derived.draft import Draft, called, content
from validators.derived.identifiers import is_code_of_unit, is_identity, is_phone
from validators.derived.lengths import CEILING
from validators.expression import text
from validators.rule import Holds, Rule

GARBLED = Citation("STD-106", "文字内容应可识读，不得为乱码或丢失位数的编码。", "error")
UNCLEAN = Citation("STD-107", "文字内容不应含多余空白、表情符号、公式或网页代码。", "warning")

_GARBLED = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\u2400\ufffd]"  # nothing a person has written
    r"|锟斤拷|烫烫烫"  # what wrong decoding makes of unknown characters
    r"|[\u00a1-\u00ff]{4}"  # Chinese bytes read as Latin letters
)
_MAYBE_GARBLED = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\u2400\ufffd锟烫\u00a1-\u00ff]"
)
_DIGITS_CUT = re.compile(r"[0-9](?:\.[0-9]{1,15})?[Ee]\+[0-9]{1,3}")  # 4.20602E+17
_FORMULA = re.compile(r"[=+@](?:[A-Za-z]{2,20}\(|[0-9])")
_MARKUP = re.compile(r"<[A-Za-z/!][^<>]{0,100}>")
_EMOJI = re.compile(r"[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]")
_FORMULA_STARTS = frozenset("=+@")


def rules(draft: Draft) -> Iterator[Rule]:
    """Two rules for each text field whose content no list or form decides."""
    for entry in content(draft.table):
        if is_free_text(draft, entry):
            yield _garbled(draft, entry)
            yield _unclean(draft, entry)


def is_free_text(draft: Draft, entry: Field) -> bool:
    """True for text that may say anything."""
    plain = entry.type == "string" and entry.codelist is None and entry.format is None
    named = is_code_of_unit(draft, entry) or is_identity(draft, entry) or is_phone(draft, entry)
    return plain and not named


def _garbled(draft: Draft, entry: Field) -> Rule:
    return Rule(
        code=draft.code(GARBLED.clause, entry.code),
        kind="format",
        tables=(draft.table.code,),
        fields=(entry.code,),
        clause=GARBLED.clause,
        statement=f"{called(entry)}应可识读，不得为乱码。",
        severity=GARBLED.severity,
        dimension="normativity",
        owner="platform",
        message=f"{called(entry)}的值“{{{entry.code}}}”含乱码、控制字符，或编码已变为科学计数法。",
        expected="可识读的文字或完整的编码",
        why="内容已经丢失，无法还原；乱码进入国家系统后不能物理删除。",
        fix="请系统运维单位核对字符编码，表格中的长编码列设为文本格式，重新导出后推送。",
        check=Holds(text(entry.code).through("readable", is_readable)),
        on_withdrawal=True,
    )


def _unclean(draft: Draft, entry: Field) -> Rule:
    return Rule(
        code=draft.code(UNCLEAN.clause, entry.code),
        kind="quality",
        tables=(draft.table.code,),
        fields=(entry.code,),
        clause=UNCLEAN.clause,
        statement=f"{called(entry)}不应含首尾空白、表情符号、公式或网页代码。",
        severity=UNCLEAN.severity,
        dimension="normativity",
        message=f"{called(entry)}的值“{{{entry.code}}}”首尾有空白，或含表情符号、公式、网页代码。",
        expected="不含多余内容的文字",
        suggest=_bare,
        why="多余的空白使编码和名称比对不上；公式和网页代码可能在打开时被执行。",
        fix=f"清理{entry.name}中的多余内容后重新推送。",
        check=Holds(text(entry.code).through("clean", is_clean)),
    )


def is_readable(value: str) -> bool:
    """True for a text that nothing has been lost of."""
    value = value[:CEILING]
    if _MAYBE_GARBLED.search(value) and _GARBLED.search(value):
        return False
    return "+" not in value or _DIGITS_CUT.fullmatch(value) is None


def is_clean(value: str) -> bool:
    """True for a text with nothing in it that only a machine or a slip put there."""
    if value[0].isspace() or value[-1].isspace():
        return False
    if value[0] in _FORMULA_STARTS and _FORMULA.match(value):
        return False
    if _EMOJI.search(value, 0, CEILING):
        return False
    return "<" not in value or _MARKUP.search(value, 0, CEILING) is None


def _bare(value: str) -> str | None:
    bare = value[:CEILING].strip()
    return bare if bare and is_clean(bare) else None
