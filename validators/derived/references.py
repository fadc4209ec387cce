"""References: the parent that a row points to is known, valid and not returned.

A parent that is on its way, or not yet seen, is waited for; only one that stays away longer than
the policy allows is a fault of the child. An empty optional reference points to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from schemas import Reference
from validators.citation import Citation
from validators.derived.draft import Draft, called
from validators.rule import Refers, Rule

PREFIX = "PRO-007"
_STATEMENT = "引用的上级记录须存在、有效且未校验失败。"
DEMANDED = Citation("PRO-004", _STATEMENT, "error")
OPTIONAL = Citation("PRO-007", _STATEMENT, "warning")


def rules(draft: Draft) -> Iterator[Rule]:
    """One rule for each reference of the table to a table of the same standard."""
    for reference in draft.table.references:
        if reference.table in draft.standard.tables:
            yield _rule(draft, reference)


def _rule(draft: Draft, reference: Reference) -> Rule:
    parent = draft.standard.tables[reference.table]
    entries = [draft.table.by_code[name] for name in reference.fields]
    # The clause names what distinguishes the parent; the division only scopes it.
    asked = [entry.code for entry in entries if entry.code != "XZQHDM"] or ["XZQHDM"]
    demanded = all(entry.required == "M" for entry in entries)
    implied = DEMANDED if demanded else OPTIONAL
    # A clause may name only the last field, the parent's own; what is before it scopes it, too.
    cited = draft.cite(asked, ("reference",), draft.cite(asked[-1:], ("reference",), implied))
    named = "、".join(called(entry) for entry in entries)
    shown = "、".join(f"{entry.name}“{{{entry.code}}}”" for entry in entries)
    return Rule(
        code=draft.code(PREFIX, *reference.fields, parent.code),
        kind="reference",
        tables=(draft.table.code,),
        fields=tuple(asked),
        clause=cited.clause,
        statement=f"{named}所引的{parent.name}记录须存在、有效且未校验失败。",
        severity=cited.severity,
        dimension="consistency",
        message=f"{parent.name}（{parent.code}）中没有{shown}的有效记录。",
        expected=f"{parent.name}中已有的记录",
        why="上级平台先收父记录、后收子记录；父记录不存在的，子记录会校验失败。",
        fix=f"先推送对应的{parent.name}记录；如编码填写有误，更正后重新推送本记录。",
        check=Refers(reference),
    )
