"""Duplicates, inside a batch and beside what was taken before: one key, more than one valid row.

Withdrawing a row and sending it again is the standard's way of correcting and never a duplicate.
"""

from __future__ import annotations

from collections.abc import Iterator

from validators.citation import Citation
from validators.derived.draft import Draft, called
from validators.rule import Rule, Unique

KEY_PREFIX = "COM-012"
LOCAL_PREFIX = "COM-011"
SERIAL_PREFIX = "COM-009"
KEY = Citation(KEY_PREFIX, "同一业务主键至多有一条有效且未失败的记录。", "error")
LOCAL = Citation(LOCAL_PREFIX, "同一地方数据主键在同一表内至多有一条有效记录。", "error")

_NARROWER = {"FLW-009": ("XZQHDM", "SPLCBM", "SPLCBBH", "SPSXBM", "SPSXBBH")}
"""Clauses that make rows unique by less than the business key, and so by the key, too."""


def rules(draft: Draft) -> Iterator[Rule]:
    """The rule on the business key, or on the part that a clause names, and on the local key."""
    columns = draft.table.by_code
    key = _key_citation(draft)
    if key.clause in _NARROWER:
        yield _rule(draft, key.clause, key, Unique(_NARROWER[key.clause]))
    else:
        yield _rule(draft, KEY_PREFIX, key, Unique(draft.table.key))
    if "DFSJZJ" in columns and "DFSJZJ" not in draft.table.key:
        yield _rule(draft, LOCAL_PREFIX, LOCAL, Unique(("DFSJZJ",), local=True))
    if "LSH" in columns and "LSH" not in draft.table.key:
        yield _serial(draft)


def _key_citation(draft: Draft) -> Citation:
    """The clause that calls some columns of the key unique, if there is one."""
    for column in reversed(draft.table.key):
        cited = draft.cite((column,), ("uniqueness",), KEY)
        if cited.severity == "error" and cited.clause not in {KEY_PREFIX, "INS-021"}:
            return cited
    return KEY


def _rule(draft: Draft, prefix: str, cited: Citation, check: Unique) -> Rule:
    entries = [draft.table.by_code[name] for name in check.fields]
    named = "、".join(called(entry) for entry in entries)
    shown = "，".join(f"{entry.name}“{{{entry.code}}}”" for entry in entries)
    return Rule(
        code=draft.code(prefix),
        version=2,
        kind="uniqueness",
        tables=(draft.table.code,),
        fields=check.fields,
        clause=cited.clause,
        statement=f"{named}相同的有效记录至多一条。",
        severity=cited.severity,
        dimension="consistency",
        message=f"与前面的记录重复：{shown}已有一条有效记录。",
        expected="一条有效记录",
        why="重复的有效记录会使上级平台无法确定以哪一条为准，重复统计。",
        fix="保留正确的一条；确需更正的，先推送数据有效标识为0并写明原因的记录，再推送新的有效记录。",
        check=check,
    )


def _serial(draft: Draft) -> Rule:
    """Serial numbers are given anew above, so that two alike are only pointed out."""
    return Rule(
        code=draft.code(SERIAL_PREFIX),
        kind="uniqueness",
        tables=(draft.table.code,),
        fields=("LSH",),
        clause=SERIAL_PREFIX,
        statement="流水号在同一数据表内唯一。",
        severity="info",
        milder="流水号由上级平台重新赋予，数据不受影响，故只提示。",
        dimension="consistency",
        message="流水号“{LSH}”已用于同一批的另一条记录。",
        expected="流水号置空，由前置库生成",
        why="流水号相同的两条记录，上级平台写回的校验结果会对错记录。",
        fix="新记录的流水号置空，由前置库自动生成。",
        check=Unique(("LSH",), local=True),
    )
