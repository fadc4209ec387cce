"""Lengths: no more characters, digits or places than the field takes.

Where the length of a text is not public, only what cannot be meant is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from schemas import Field
from validators.citation import Citation
from validators.derived.draft import Draft, called, content
from validators.expression import Call, Expression, Value, text
from validators.rule import Holds, Rule

PREFIX = "COM-014"
CEILING = 32_767
"""Characters that a text may have where no limit is known: what a cell of a spreadsheet holds."""
IMPLIED = Citation(PREFIX, "字符和数值不得超过字段长度与精度。", "error")


def rules(draft: Draft) -> Iterator[Rule]:
    """One rule for each field with a known limit."""
    for entry in content(draft.table):
        if entry.type == "string" and (entry.length or not entry.codelist):
            limit = entry.length or CEILING
            yield _rule(draft, entry, _short(entry, limit), f"不超过{limit}个字符")
        elif entry.type in {"integer", "decimal"} and (entry.precision or entry.scale is not None):
            yield _rule(draft, entry, _digits(entry), _limit(entry))


def _rule(draft: Draft, entry: Field, condition: Expression, limit: str) -> Rule:
    cited = draft.cite((entry.code,), ("length",), IMPLIED)
    return Rule(
        code=draft.code(PREFIX, entry.code),
        kind="length",
        tables=(draft.table.code,),
        fields=(entry.code,),
        clause=cited.clause,
        statement=f"{called(entry)}{limit}。",
        severity=cited.severity,
        dimension="normativity",
        owner="county",
        message=f"{called(entry)}的值“{{{entry.code}}}”超出长度，应{limit}。",
        expected=limit,
        why="超出字段长度的内容在上级平台会被截断或拒收。",
        fix="核对是否填错字段或单位有误，缩短或更正后重新推送。",
        check=Holds(condition),
        on_withdrawal=True,
    )


def _short(entry: Field, limit: int) -> Expression:
    return text(entry.code).through("length", len) <= limit


def _digits(entry: Field) -> Expression:
    scale = entry.scale
    whole = None if entry.precision is None else entry.precision - (scale or 0)
    most = None if whole is None else 10**whole

    def fits(value: int | Decimal) -> bool:
        if most is not None and abs(value) >= most:
            return False
        return scale is None or _places(value) <= scale

    return Call("digits", fits, (Value(entry.code),))


def _places(value: int | Decimal) -> int:
    if isinstance(value, int):
        return 0
    exponent = value.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    digits = value.as_tuple().digits
    while places and digits[-1:] == (0,):
        places, digits = places - 1, digits[:-1]
    return places


def _limit(entry: Field) -> str:
    parts = []
    if entry.precision is not None:
        parts.append(f"整数部分不超过{entry.precision - (entry.scale or 0)}位")
    if entry.scale is not None:
        parts.append(f"小数不超过{entry.scale}位")
    return "、".join(parts)
