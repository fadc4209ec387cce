"""Amounts that cannot be below zero: money, areas, lengths, limits, numbers of things."""

from __future__ import annotations

from collections.abc import Iterator

from schemas import Field
from validators.citation import Citation
from validators.derived.draft import Draft, called, content
from validators.expression import number
from validators.rule import Holds, Rule

PREFIX = "COM-023"
IMPLIED = Citation(PREFIX, "金额、面积、长度、层数、份数等不得为负。", "error")
_COORDINATES = frozenset({"XMJSDDX", "XMJSDDY"})  # may lie west or south of a local origin


def rules(draft: Draft) -> Iterator[Rule]:
    """One rule for each number of the table that counts or measures."""
    for entry in content(draft.table):
        measures = entry.type in {"integer", "decimal"} and entry.codelist is None
        if measures and entry.code not in _COORDINATES:
            yield _rule(draft, entry)


def _rule(draft: Draft, entry: Field) -> Rule:
    return Rule(
        code=draft.code(PREFIX, entry.code),
        kind="range",
        tables=(draft.table.code,),
        fields=(entry.code,),
        clause=IMPLIED.clause,
        statement=f"{called(entry)}不得为负数。",
        severity=IMPLIED.severity,
        dimension="accuracy",
        message=f"{called(entry)}为负数“{{{entry.code}}}”。",
        expected="大于或等于0",
        why=f"{entry.name}是计量或计数的值，不会小于0。",
        fix="核对原始材料，更正后重新推送。",
        check=Holds(number(entry.code) >= 0),
    )
