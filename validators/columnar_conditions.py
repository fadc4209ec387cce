"""The conditions of a table's rules as expressions over columns: made once, kept with the plan."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from schemas import Table
from validators.columnar import Compiled, compile_columns
from validators.expression import Both, Call, Code, Constant, Either, Expression, Filled
from validators.plan import Plan
from validators.rule import Compares, Follows, Holds, Rule


def compiled_of(plan: Plan) -> dict[str, Compiled]:
    """The conditions of a plan as masks, by rule; made once and kept with the plan.

    Of a comparison it is the condition under which it is made at all.
    """
    if plan.compiled is None:
        numbers = count()
        plan.compiled = {}
        for entry in plan.entries:
            asked = _condition(entry.rule, plan)
            if asked is not None:
                compiled = compile_columns(*asked, plan.table, numbers)
                plan.compiled[entry.rule.code] = compiled
    return plan.compiled


def _condition(rule: Rule, plan: Plan) -> tuple[Expression, Expression | None] | None:
    match rule.check:
        case Holds(condition, when):
            return condition, when
        case Follows(_, when):
            return Constant(value=True), when
        case Compares(links, _, when):
            named: Expression = Constant(value=False)
            for link in links:
                if any(table in plan.tables for table in link.tables):
                    named = Either(named, _has_all(link.values, plan.table))
            return named, when
        case _:
            return None


def _has_all(values: Sequence[Expression], table: Table) -> Expression:
    """True where none of these values is empty."""
    found: Expression = Constant(value=True)
    for value in values:
        match value:
            case Code(name) if _is_text(table, name):
                found = Both(found, Filled(name))
            case _:
                found = Both(found, Call("is there", _is_there, (value,)))
    return found


def _is_text(table: Table, name: str) -> bool:
    return name in table.by_code and table.by_code[name].type == "string"


def _is_there(value: object) -> bool:
    return value != ""
