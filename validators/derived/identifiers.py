"""Identifiers in known columns: unified social credit code, resident identity number, phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from schemas import Field
from schemas.clauses import clause
from validators.citation import Citation
from validators.derived.draft import Draft, called, content
from validators.expression import Expression, code, text
from validators.identifiers import meant, sound, told
from validators.rule import Holds, Rule

CREDIT_CODE = "COM-017"
IDENTITY = "COM-018"
PHONE = "COM-019"

_IDENTITY_CARD = "1"
_NUMBER_TO_TYPE = (("RYZJHM", "RYSFZJLX"), ("ZJHM", "ZJLX"))


def rules(draft: Draft) -> Iterator[Rule]:
    """One rule for each field that a clause on identifiers names."""
    for entry in content(draft.table):
        if is_code_of_unit(draft, entry):
            yield _credit_code(draft, entry)
        elif is_identity(draft, entry):
            yield _identity(draft, entry)
        elif is_phone(draft, entry):
            yield _phone(draft, entry)


def is_code_of_unit(draft: Draft, entry: Field) -> bool:
    """True for a column that holds a unified social credit code."""
    return _is_named(draft, entry, CREDIT_CODE)


def is_identity(draft: Draft, entry: Field) -> bool:
    """True for a column that holds the number of a person's document."""
    return _is_named(draft, entry, IDENTITY)


def is_phone(draft: Draft, entry: Field) -> bool:
    """True for a column that holds a phone number."""
    return _is_named(draft, entry, PHONE)


def _is_named(draft: Draft, entry: Field, clause_id: str) -> bool:
    return entry.type == "string" and entry.code in clause(clause_id).columns(draft.table)


def _credit_code(draft: Draft, entry: Field) -> Rule:
    return _rule(
        draft,
        entry,
        CREDIT_CODE,
        statement=f"{called(entry)}应为18位并通过校验位检验。",
        expected="18位统一社会信用代码，末位为校验码",
        suggest=meant("uscc"),
        detail=told("uscc"),
        why="代码错一位就关联不到单位，单位信息、信用信息都无法使用。",
        fix="对照营业执照或登记证书核对后更正，不要用组织机构代码或税号代替，更正后重新推送。",
        check=Holds(text(entry.code).through("credit code", sound("uscc"))),
    )


def _identity(draft: Draft, entry: Field) -> Rule:
    condition = text(entry.code).through("identity number", sound("resident_id"))
    return _rule(
        draft,
        entry,
        IDENTITY,
        statement=f"{called(entry)}为居民身份证的，应为18位并通过校验位检验。",
        expected="18位公民身份号码，末位为校验码",
        suggest=None,
        detail=told("resident_id"),
        why="证件号码错误，无法核实人员身份和执业资格。",
        fix="对照证件核对后更正；不是身份证的，请如实填写证件类型，再重新推送。",
        check=Holds(condition, when=_is_identity_card(draft, entry)),
    )


def _is_identity_card(draft: Draft, entry: Field) -> Expression | None:
    """The document beside the number is an identity card; None where no column tells."""
    for ending, kind in _NUMBER_TO_TYPE:
        beside = entry.code.removesuffix(ending) + kind
        if entry.code.endswith(ending) and beside in draft.table.by_code:
            return code(beside).is_in(_IDENTITY_CARD)
    return None


def _phone(draft: Draft, entry: Field) -> Rule:
    mobile = text(entry.code).through("mobile", sound("mobile_phone"))
    landline = text(entry.code).through("landline", sound("landline"))
    only_mobile = entry.code.endswith("SJH")
    return _rule(
        draft,
        entry,
        PHONE,
        statement=f"{called(entry)}应为11位手机号" + ("。" if only_mobile else "或座机号。"),
        expected="11位手机号" if only_mobile else "11位手机号，或可带区号的座机号",
        suggest=None,
        detail=told("mobile_phone") if only_mobile else None,
        why="联系方式错误，无法就办件联系到人，短信提醒和回访都会落空。",
        fix="与当事人核对号码，更正后重新推送。",
        check=Holds(mobile if only_mobile else mobile | landline),
    )


def _rule(
    draft: Draft,
    entry: Field,
    prefix: str,
    *,
    statement: str,
    expected: str,
    suggest: Callable[[str], str | None] | None,
    detail: Callable[[str], str | None] | None,
    why: str,
    fix: str,
    check: Holds,
) -> Rule:
    ground = clause(prefix)
    cited = draft.cite(
        (entry.code,), ("format",), Citation(ground.id, ground.statement, ground.severity)
    )
    return Rule(
        code=draft.code(prefix, entry.code),
        kind="format",
        tables=(draft.table.code,),
        fields=(entry.code,),
        clause=cited.clause,
        statement=statement,
        severity=cited.severity,
        dimension="accuracy",
        message=f"{called(entry)}的值“{{{entry.code}}}”不正确。",
        expected=expected,
        suggest=suggest,
        detail=detail,
        why=why,
        fix=fix,
        check=check,
    )
