"""Conditional fields: when another cell of the row says so, this cell must not be empty.

Only conditions that the standard's tables give in a form a machine can tell.
"""

from __future__ import annotations

from collections.abc import Iterator

from schemas import Condition, Field
from validators.citation import Citation
from validators.derived.draft import Draft, called, content
from validators.expression import Expression, code, filled
from validators.rule import Holds, Rule

PREFIX = "STD-102"
_STATEMENT = "标准数据表中规定了填写条件的字段，条件成立时不得为空。"
DEMANDED = Citation(PREFIX, _STATEMENT, "error")
EXPECTED = Citation(PREFIX, _STATEMENT, "warning")


def rules(draft: Draft) -> Iterator[Rule]:
    """One rule for each field of the table that has a condition."""
    for entry in content(draft.table):
        when = entry.when if entry.required == "C" else None
        if when is not None and when.field in draft.table.by_code:
            yield _rule(draft, entry, when)


def _rule(draft: Draft, entry: Field, when: Condition) -> Rule:
    other = draft.table.by_code[when.field]
    implied = DEMANDED if entry.required_confidence == "high" else EXPECTED
    cited = draft.cite((entry.code,), ("conditional", "mandatory"), implied)
    told = _told(draft, other, when)
    withdraws = entry.code == "SJWXYY"
    return Rule(
        code=draft.code(PREFIX, entry.code),
        kind="conditional",
        tables=(draft.table.code,),
        fields=(entry.code,),
        clause=cited.clause,
        statement=f"{told}时，{called(entry)}必填。",
        severity=cited.severity,
        dimension="completeness",
        owner="department" if entry.code == "BLYJ" else "county",
        message=f"{called(other)}为“{{{other.code}}}”，{called(entry)}却为空。",
        expected="不得为空",
        why=f"标准规定{told}时须填写{entry.name}，缺少时无法说明该记录的情况。",
        fix=f"补填{entry.name}后重新推送；如{other.name}填写有误，请更正{other.name}。",
        check=Holds(filled(entry.code), when=_condition(when)),
        on_withdrawal=withdraws,
    )


def _condition(when: Condition) -> Expression:
    if when.values is None:
        return filled(when.field)
    return code(when.field).is_in(*when.values)


def _told(draft: Draft, other: Field, when: Condition) -> str:
    if when.values is None:
        return f"已填写{called(other)}"
    codes = draft.standard.codelists.get(other.codelist or "")
    names = codes.values if codes else {}
    values = sorted(when.values, key=lambda value: (len(value), value))
    told = "、".join(
        f"{value}（{names[value]}）" if names.get(value) else value for value in values
    )
    return f"{called(other)}为{told}"
