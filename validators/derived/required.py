"""Required fields: a cell that the standard's table marks M must not be empty.

Only fields whose mark is known with high or medium confidence: nobody is returned a record for a
demand that we have guessed.
"""

from __future__ import annotations

from collections.abc import Iterator

from schemas import Field
from validators.citation import Citation
from validators.derived.draft import Draft, called, content
from validators.expression import filled
from validators.rule import Holds, Rule

PREFIX = "COM-001"
IMPLIED = Citation("STD-101", "标准数据表中标为必填的字段不得为空。", "error")
PROTOCOL_FIELDS = frozenset({"DFSJZJ", "XZQHDM", "SJYXBS", "SJSCZT"})


def is_required(entry: Field) -> bool:
    """True when the standard is known to demand the field in every row."""
    return entry.required == "M" and entry.required_confidence in {"high", "medium"}


def rules(draft: Draft) -> Iterator[Rule]:
    """One rule for each required field of the table."""
    for entry in content(draft.table):
        if is_required(entry):
            yield _rule(draft, entry)


def _rule(draft: Draft, entry: Field) -> Rule:
    cited = draft.cite((entry.code,), ("mandatory",), IMPLIED)
    protocol = entry.code in PROTOCOL_FIELDS
    return Rule(
        code=draft.code(PREFIX, entry.code),
        kind="mandatory",
        tables=(draft.table.code,),
        fields=(entry.code,),
        clause=cited.clause,
        statement=f"{called(entry)}必填。",
        severity=cited.severity,
        dimension="completeness",
        owner="platform" if protocol else "county",
        message=f"{called(entry)}为空。",
        expected="不得为空",
        why=_why(draft, entry),
        fix=f"在业务系统中补填{entry.name}后重新推送；源库缺少该列的，请系统运维单位补列。",
        check=Holds(filled(entry.code)),
        on_withdrawal=protocol or entry.code in draft.table.key,
    )


def _why(draft: Draft, entry: Field) -> str:
    if entry.code in draft.table.key:
        return "该字段是业务主键的一部分，缺少时无法确定记录，也无法与其他数据表关联。"
    if entry.code in PROTOCOL_FIELDS:
        return "该字段是交换协议字段，缺少时上级平台无法接收记录。"
    return "该字段为标准规定的必填项，缺少时上级平台校验不通过。"
