"""Landing defects: what was lost while the row was read, whatever the row was to say."""

from __future__ import annotations

from collections.abc import Iterator

from validators.citation import Citation
from validators.derived.draft import Draft
from validators.rule import ReadWell, Rule

PREFIX = "LND"
OTHER = f"{PREFIX}-OTHER"
IMPLIED = Citation("STD-105", "数据行应能完整、准确地读取，读取中不得丢失内容。", "error")

# code of the defect, what it is, what to do about it
_KINDS = (
    ("ragged_row", "数据行的列数与表头不一致", "核对该行是否多列、少列或串列，补齐后重新推送。"),
    ("digits_lost", "数字在表格软件中丢失了位数", "将该列设为文本格式，按原始材料重填后推送。"),
    ("formula_cell", "单元格是公式而不是值", "将公式结果粘贴为值后重新推送。"),
    ("cell_too_long", "单元格内容过长，未能完整读取", "缩短内容，长文件请作为附件提供地址。"),
    ("nul_byte", "内容含有空字符（NUL）", "请系统运维单位清除不可见字符后重新推送。"),
    ("lone_surrogate", "内容含有残缺的字符，无法保存", "请系统运维单位核对字符编码后重新推送。"),
    ("error_cell", "单元格是错误值（如 #N/A）", "改正表格中的错误后重新推送。"),
    ("not_text", "内容是二进制数据，不是文字", "核对该列的类型，改为文字后重新推送。"),
    ("undecodable", "内容不是规定的字符编码，无法识读", "以 UTF-8 或 GB18030 编码重新导出后推送。"),
)  # fmt: skip


def rules(draft: Draft) -> Iterator[Rule]:
    """One rule for each known defect, and one for any other."""
    for defect, told, fix in _KINDS:
        yield _rule(draft, f"{PREFIX}-{defect.upper().replace('_', '-')}", defect, told, fix)
    yield _rule(draft, OTHER, None, "读取数据行时发生其他缺损", "按提示核对源数据后重新推送。")


def _rule(draft: Draft, code: str, defect: str | None, told: str, fix: str) -> Rule:
    return Rule(
        code=code,
        kind="landing",
        tables=(draft.table.code,),
        fields=(),
        clause=IMPLIED.clause,
        statement=f"读取时不得发生：{told}。",
        severity=IMPLIED.severity,
        dimension="normativity",
        owner="platform",
        message=f"{told}。",
        expected="可完整、准确读取的内容",
        why="读取时已经缺损的内容不能代表原始数据，不予猜测和修补。",
        fix=fix,
        check=ReadWell(defect),
        on_withdrawal=True,
    )
