"""How a failed dossier rule becomes a finding on the row it hangs on."""

from __future__ import annotations

from collections import ChainMap
from functools import cache

from schemas import Standard, Table
from schemas.personal import PersonalKind, kind_of
from validators.dossier.row import Row
from validators.dossier.rule import Answer, DossierRule
from validators.finding import Finding
from validators.record import Record
from validators.shown import Shown

PROVISIONAL = "（所涉年份的放假安排尚未录入，工作日暂按周末推算，结果待核。）"


def word(rule: DossierRule, anchor: Row, answer: Answer, standard: Standard) -> Finding:
    """The finding; personal data is masked in cells and in what the check tells."""
    table = standard.table(anchor.table)
    record = Record(anchor.version, anchor.values, where=anchor.where)
    shown = Shown(table, _personal(table), record)
    facts = {name: shown.cell(None, text) for name, text in answer.facts.items()}
    told = ChainMap(facts, shown)
    fields = tuple(code for code in rule.fields if code in table.by_code)
    value = "；".join(f"{table.by_code[code].name}={shown[code]}" for code in fields if shown[code])
    return Finding(
        rule=rule.code,
        version=rule.version,
        consequence=rule.consequence,
        table=table.code,
        table_name=table.name,
        row=anchor.version,
        key=shown.key,
        fields=fields,
        field_names=tuple(table.by_code[code].name for code in fields),
        value=value or None,
        expected=None if rule.expected is None else rule.expected.format_map(told),
        message=rule.message.format_map(told) + (PROVISIONAL if answer.provisional else ""),
        why=rule.why,
        fix=rule.fix,
        where=shown.where,
        clause=rule.clause,
        owner=rule.owner,
    )


@cache
def _personal(table: Table) -> dict[str, PersonalKind | None]:
    return {entry.code: kind_of(entry) for entry in table.fields}
