"""Required texts that are filled only in appearance: “无”, “/”, “测试”."""

from __future__ import annotations

from collections.abc import Iterator

from schemas import Field
from validators.citation import Citation
from validators.derived.draft import Draft, called, content
from validators.derived.required import PROTOCOL_FIELDS
from validators.expression import text
from validators.rule import Holds, Rule

PREFIX = "COM-020"
IMPLIED = Citation(PREFIX, "不得以占位内容代替必填信息。", "warning")

PLACEHOLDERS = frozenset(
    {
        "/", "//", "\\", "-", "--", "—", "——", ".", "。", "*", "**", "***", "?", "？", "／", "－",
        "无", "暂无", "没有", "空", "待定", "待补", "待补充", "不详", "未知", "未填", "无此项",
        "某某", "测试", "test", "TEST", "Test", "null", "NULL", "Null", "None", "none", "N/A",
        "n/a", "NA", "xx", "XX", "xxx", "XXX", "1111", "123456",
    }
)  # fmt: skip
_SEVERAL = "“/”“无”“暂无”“测试”"


def rules(draft: Draft) -> Iterator[Rule]:
    """One rule for each required text field whose content no list or form decides."""
    for entry in content(draft.table):
        free = entry.type == "string" and entry.codelist is None and entry.format is None
        if free and entry.required == "M" and entry.code not in PROTOCOL_FIELDS:
            yield _rule(draft, entry)


def _rule(draft: Draft, entry: Field) -> Rule:
    return Rule(
        code=draft.code(PREFIX, entry.code),
        kind="quality",
        tables=(draft.table.code,),
        fields=(entry.code,),
        clause=IMPLIED.clause,
        statement=f"{called(entry)}不得以{_SEVERAL}等占位内容代替。",
        severity=IMPLIED.severity,
        dimension="completeness",
        message=f"{called(entry)}填的是占位内容“{{{entry.code}}}”。",
        expected="真实内容",
        why="占位内容只应付了必填校验，信息实际缺失，影响数据使用和质量评价。",
        fix=f"补填真实的{entry.name}后重新推送。",
        check=Holds(~text(entry.code).is_in(*PLACEHOLDERS)),
    )
