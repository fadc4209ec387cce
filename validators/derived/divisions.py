"""The division code of a row: six digits, and one that the body may report."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.clauses import clause
from schemas.divisions import divisions, full_name
from validators.derived.draft import Draft
from validators.expression import DIVISIONS, text
from validators.rule import Holds, Rule

FORM_PREFIX = "COM-002"
OWN_PREFIX = "COM-003"
FIELD = "XZQHDM"
UNKNOWN_BODY = "未指明上报单位，未核对行政区划"
_FORM = r"[1-9][0-9]{5}"
_PLACEHOLDERS = ("111111", "123456", "888888", "999999")


def rules(draft: Draft) -> Iterator[Rule]:
    """The rules on the division code, for tables that have it."""
    if FIELD in draft.table.by_code:
        yield _form(draft)
        yield _own(draft)


def _form(draft: Draft) -> Rule:
    ground = clause(FORM_PREFIX)
    return Rule(
        code=draft.code(FORM_PREFIX, FIELD),
        kind="format",
        tables=(draft.table.code,),
        fields=(FIELD,),
        clause=ground.id,
        statement="行政区划代码应为六位数字，且不得为占位值。",
        severity=ground.severity,
        dimension="normativity",
        owner="platform",
        message="行政区划代码“{XZQHDM}”不是六位区划代码，或是占位值。",
        expected="六位数字的行政区划代码（GB/T 2260）",
        why="行政区划代码决定记录属于哪个地区，错误的代码使记录无处可归。",
        fix="填写本地区的行政区划代码后重新推送。",
        check=Holds(text(FIELD).matches(_FORM) & ~text(FIELD).is_in(*_PLACEHOLDERS)),
        on_withdrawal=True,
    )


def _own(draft: Draft) -> Rule:
    ground = clause(OWN_PREFIX)
    return Rule(
        code=draft.code(OWN_PREFIX, FIELD),
        kind="consistency",
        tables=(draft.table.code,),
        fields=(FIELD,),
        clause=ground.id,
        statement="行政区划代码应为上报单位负责的地区。",
        severity=ground.severity,
        dimension="consistency",
        owner="platform",
        message="行政区划代码“{XZQHDM}”不是本单位可以上报的地区。",
        expected="本单位负责地区的行政区划代码",
        suggest=_successor,
        detail=_known,
        why="代他区上报的记录会计入错误的地区；下级区县的数据以本级代码上报。",
        fix="核对行政区划代码；机构调整新增的地区，请先向市级登记后再推送。",
        check=Holds(
            text(FIELD).through("division of the body", _belongs, DIVISIONS),
            when=text(FIELD).matches(_FORM) & ~text(FIELD).is_in(*_PLACEHOLDERS),
        ),
        on_withdrawal=True,
    )


def _belongs(code: str, own: frozenset[str]) -> bool | str:
    return code in own if own else UNKNOWN_BODY


def _successor(code: str) -> str | None:
    old = divisions().abolished.get(code)
    return None if old is None else old.successor


def _known(code: str) -> str | None:
    listed = divisions()
    if code in listed.known:
        return f"该代码是{full_name(code)}。"
    old = listed.abolished.get(code)
    if old is not None:
        return f"该代码（{old.name}）已于{old.until}年停用。"
    return "该代码不在收录的行政区划内。"
