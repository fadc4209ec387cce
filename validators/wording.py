"""How a failed rule becomes a finding that a person can act on."""

from __future__ import annotations

from decimal import Decimal

from schemas import Table
from validators.finding import Finding
from validators.plan import Batch, Entry, Plan
from validators.record import LandingDefect, Record
from validators.rule import ReadWell, Rule
from validators.shown import Shown


def word(entry: Entry, plan: Plan, batch: Batch, at: int) -> Finding:
    """The finding for the record at this position, which failed the rule of this entry."""
    rule, record, shown = entry.rule, batch.records[at], _shown(plan, batch, at)
    fields, value, message = rule.fields, _value(plan.table, rule, shown), _message(rule, shown)
    if isinstance(rule.check, ReadWell):
        defect = _defect(rule.check, plan, record)
        fields = (defect.field,) if defect.field else ()
        value = None if defect.value is None else shown.cell(defect.field, defect.value)
        message = defect.message
    note = batch.notes.get((rule.code, at)) or _detail(rule, record) or ""
    return Finding(
        rule=rule.code,
        version=rule.version,
        consequence=rule.consequence,
        table=plan.table.code,
        table_name=plan.table.name,
        row=record.id,
        key=shown.key,
        fields=fields,
        field_names=tuple(_name(plan.table, name) for name in fields),
        value=value,
        expected=_expected(entry, batch, at, shown),
        message=message + note,
        why=rule.why,
        fix=rule.fix,
        where=shown.where,
        clause=rule.clause,
        owner=rule.owner,
    )


def _shown(plan: Plan, batch: Batch, at: int) -> Shown:
    if at not in batch.shown:
        batch.shown[at] = Shown(plan.table, plan.personal, batch.records[at])
    return batch.shown[at]


def _message(rule: Rule, shown: Shown) -> str:
    return rule.message.format_map(shown)


def _value(table: Table, rule: Rule, shown: Shown) -> str | None:
    if len(rule.fields) == 1:
        return shown[rule.fields[0]] or None
    told = [f"{_name(table, name)}={shown[name]}" for name in rule.fields if shown[name]]
    return "；".join(told) or None


def _name(table: Table, code: str) -> str:
    field = table.by_code.get(code)
    return field.name if field else code


def _defect(check: ReadWell, plan: Plan, record: Record) -> LandingDefect:
    return next(
        met
        for met in record.defects
        if (met.code == check.defect if check.defect else met.code not in plan.named_defects)
    )


def _detail(rule: Rule, record: Record) -> str | None:
    text = record.values.get(rule.fields[0]) if rule.fields else None
    return rule.detail(text) if rule.detail is not None and text else None


def _expected(entry: Entry, batch: Batch, at: int, shown: Shown) -> str | None:
    rule = entry.rule
    if (rule.code, at) in batch.meant:
        return batch.meant[rule.code, at]
    if entry.expected is not None:
        computed = entry.expected(batch.rows[at])
        return None if computed is None else _plain(computed)
    told = rule.expected.format_map(shown) if isinstance(rule.expected, str) else None
    meant = _proposal(rule, batch.records[at], shown)
    if meant is None:
        return told
    return f"建议填“{meant}”" + (f"；{told}" if told else "")


def _proposal(rule: Rule, record: Record, shown: Shown) -> str | None:
    text = record.values.get(rule.fields[0]) if rule.fields else None
    if rule.suggest is None or not text:
        return None
    meant = rule.suggest(text)
    return None if meant is None or meant == text else shown.cell(rule.fields[0], meant)


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        plain = format(value, "f")
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    return str(value)
