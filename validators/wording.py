"""How a failed rule becomes a finding that a person can act on."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from schemas import Field, Table
from schemas.personal import mask_field, mask_text
from schemas.values import canonical
from validators.finding import Finding
from validators.rule import ReadWell, Rule

if TYPE_CHECKING:
    from validators.plan import Batch, Entry, Plan
    from validators.record import LandingDefect, Record

LONGEST = 100
"""Characters of a value that are shown; the rest is counted."""


def word(entry: Entry, plan: Plan, batch: Batch, at: int) -> Finding:
    """The finding for the record at this position, which failed the rule of this entry."""
    rule, record = entry.rule, batch.records[at]
    fields = rule.fields
    shown = _Shown(plan.table, record)
    values = [(name, shown[name]) for name in fields]
    value = _value(plan.table, values)
    message = rule.message.format_map(shown)
    if isinstance(rule.check, ReadWell):
        defect = _defect(rule.check, record)
        fields = (defect.field,) if defect.field else ()
        value = None if defect.value is None else _cell(plan.table, defect.field, defect.value)
        message = defect.message
    note = batch.notes.get((rule.code, at)) or _detail(rule, record)
    return Finding(
        rule=rule.code,
        version=rule.version,
        consequence=rule.consequence,
        table=plan.table.code,
        table_name=plan.table.name,
        row=record.id,
        key={name: _key_part(plan.table, record, name) for name in plan.table.key},
        fields=fields,
        field_names=tuple(_name(plan.table, name) for name in fields),
        value=value,
        expected=_expected(entry, plan.table, batch, at, shown),
        message=f"{message}{note}" if note else message,
        why=rule.why,
        fix=rule.fix,
        where=record.where or f"地方数据主键 {record.values.get('DFSJZJ') or '（空）'}",
        clause=rule.clause,
        owner=rule.owner,
    )


class _Shown(dict[str, str]):
    """The values of a record as they may be shown; those not asked for are never built."""

    def __init__(self, table: Table, record: Record) -> None:
        super().__init__()
        self._table = table
        self._record = record

    def __missing__(self, name: str) -> str:
        text = self._record.values.get(name)
        self[name] = "" if text is None else _cell(self._table, name, text)
        return self[name]


def _cell(table: Table, name: str | None, text: str) -> str:
    """A value as people may see it: personal numbers masked, and short enough for a sentence."""
    field = table.by_code.get(name or "")
    start = text[: 4 * LONGEST]  # masked before it is cut, so that no cut number slips through
    shown = mask_field(field, start) if field else mask_text(start)
    if len(text) <= LONGEST:
        return shown
    return f"{shown[:LONGEST]}…（共{len(text)}字）"


def _value(table: Table, values: list[tuple[str, str]]) -> str | None:
    if len(values) == 1:
        return values[0][1] or None
    told = [f"{_name(table, name)}={value}" for name, value in values if value]
    return "；".join(told) or None


def _key_part(table: Table, record: Record, name: str) -> str | None:
    text = record.values.get(name)
    return None if text is None else _cell(table, name, canonical(table.by_code[name], text))


def _name(table: Table, code: str) -> str:
    field: Field | None = table.by_code.get(code)
    return field.name if field else code


def _defect(check: ReadWell, record: Record) -> LandingDefect:
    from validators.derived.landing import known_defects

    named = known_defects()
    return next(
        met
        for met in record.defects
        if (met.code == check.defect if check.defect else met.code not in named)
    )


def _expected(entry: Entry, table: Table, batch: Batch, at: int, shown: _Shown) -> str | None:
    rule = entry.rule
    if entry.expected is not None:
        computed = entry.expected(batch.rows[at])
        return None if computed is None else _plain(computed)
    told = rule.expected.format_map(shown) if isinstance(rule.expected, str) else None
    meant = _proposal(rule, table, batch.records[at])
    if meant is None:
        return told
    return f"建议填“{meant}”" + (f"；{told}" if told else "")


def _detail(rule: Rule, record: Record) -> str | None:
    text = record.values.get(rule.fields[0]) if rule.fields else None
    return rule.detail(text) if rule.detail is not None and text else None


def _proposal(rule: Rule, table: Table, record: Record) -> str | None:
    text = record.values.get(rule.fields[0]) if rule.fields else None
    if rule.suggest is None or not text:
        return None
    meant = rule.suggest(text)
    return None if meant is None or meant == text else _cell(table, rule.fields[0], meant)


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        plain = format(value, "f")
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    return str(value)
