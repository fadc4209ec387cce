"""The catalogue of rules: a page for each hand-written rule, one per table for the derived."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from schemas import Standard, load, versions
from schemas.clauses import clauses
from validators import Rule, Ruleset, discover
from validators.derived import IMPLIED
from validators.dossier.rule import DossierRule, Told
from validators.registry import discover_dossier_rules
from validators.rule import CONSEQUENCE_NAMES, DIMENSION_NAMES, OWNER_NAMES, Scene

MADE = (
    "由 `PYTHONPATH=. python docs/build.py` 从规则文件生成，测试核对。"
    "触发了多少次、在哪些日子：`./run exchange fired 规则代码`。"
)


@cache
def rulesets() -> dict[str, Ruleset]:
    """The rules of every version of the standard, without overlay."""
    return {name: Ruleset.load(load(name)) for name in versions()}


@cache
def written() -> tuple[Rule | DossierRule, ...]:
    """All hand-written rules, by code."""
    return tuple(sorted((*discover(), *discover_dossier_rules()), key=lambda rule: rule.code))


def page_of(code: str) -> str:
    """The name of a hand-written rule's page."""
    return f"{code.replace('/', '.')}.md"


def table_page(standard: str, table: str) -> str:
    """The name of the page of a table's derived rules."""
    return f"{standard}.{table}.md"


def pages() -> dict[str, str]:
    """All pages below docs/reference/rules, by name."""
    made = {page_of(rule.code): _page(rule) for rule in written()}
    for name, ruleset in rulesets().items():
        for table in ruleset.standard.in_order:
            made[table_page(name, table.code)] = _table(ruleset, table.code)
    made["README.md"] = _index()
    return made


def _index() -> str:
    lines = ["# 规则目录 / Rules", "", MADE, "", "## 手写规则", ""]
    lines += ["| 代码 | 处理 | 特性 | 要求 |", "|---|---|---|---|"]
    lines += [
        f"| [`{rule.code}`]({page_of(rule.code)}) | {CONSEQUENCE_NAMES[rule.consequence]} "
        f"| {DIMENSION_NAMES[rule.dimension]} | {_cell(rule.statement)} |"
        for rule in written()
    ]
    for name, ruleset in rulesets().items():
        lines += ["", f"## 由标准 {name} 推导的规则", "", "| 表 | 规则数 |", "|---|---|"]
        lines += [
            f"| [{table.name} `{table.code}`]({table_page(name, table.code)}) "
            f"| {len(_derived(ruleset, table.code))} |"
            for table in ruleset.standard.in_order
        ]
    return "\n".join(lines) + "\n"


def _page(rule: Rule | DossierRule) -> str:
    folder = "dossier/rules" if isinstance(rule, DossierRule) else "rules"
    file = f"validators/{folder}/{rule.code.rpartition('/')[2]}.py"
    lines = [f"# {rule.code}", "", rule.statement, "", MADE, ""]
    facts = {
        "条款": f"{rule.clause}：{_clause(rule.clause)}",
        "处理": CONSEQUENCE_NAMES[rule.consequence] + (f"（{rule.milder}）" if rule.milder else ""),
        "特性（GB/T 36344）": DIMENSION_NAMES[rule.dimension],
        "责任方": OWNER_NAMES[rule.owner],
        "对象": _subject(rule),
        "字段": "、".join(f"`{name}`" for name in rule.fields) or "整条记录",
        "版本": str(rule.version),
        "文件": f"[`{file}`](../../../{file})",
    }
    lines += [
        "| | |",
        "|---|---|",
        *(f"| {name} | {_cell(told)} |" for name, told in facts.items()),
    ]
    lines += ["", "## 问题怎么写", "", f"> {rule.message}"]
    if isinstance(rule.expected, str):
        lines += ["", f"应为：{rule.expected}"]
    lines += ["", "## 为什么", "", rule.why, "", "## 怎么改", "", rule.fix]
    kinds = {"通过": rule.good, "不通过": rule.bad, "不适用": rule.beside}
    for name, examples in kinds.items():
        if examples:
            lines += ["", f"## 例：{name}", "", *_examples(examples)]
    if rule.boundary:
        lines += ["", "## 例：临界"]
        for example, passes in rule.boundary:
            lines += ["", f"{'通过' if passes else '不通过'}：", "", *_examples([example])]
    return "\n".join(lines) + "\n"


def _subject(rule: Rule | DossierRule) -> str:
    if isinstance(rule, DossierRule):
        kind = {"case": "办件", "project": "项目", "flow": "流程", "area": "地区"}
        return f"{kind.get(rule.subject, rule.subject)}的全部记录（{'、'.join(rule.tables)}）"
    return "、".join(f"`{table}`" for table in rule.tables) or "有这些字段的所有表"


def _scene(scene: Scene) -> list[str]:
    told = ("（宽限期已过）" if scene.overdue else "") + ("（同时到达）" if scene.together else "")
    lines = [f"- {_row(scene.row)}{told}"]
    lines += [f"    - 此前的版本：{_row(row)}" for row in scene.earlier]
    lines += [f"    - `{table}`：{_row(row)}" for table, row in scene.others]
    return lines


def _examples(examples: Iterable[Any]) -> list[str]:
    lines = []
    for example in examples:
        if isinstance(example, Told):
            lines += [f"- 时间 {example.now}"]
            for table, rows in (*example.area.items(), *example.rows.items()):
                lines += [f"    - `{table}`：{_row(row)}" for row in rows]
        elif isinstance(example, Scene):
            lines += _scene(example)
        else:
            lines.append(f"- {_row(example)}")
    return lines


def _row(row: Mapping[str, str | None]) -> str:
    return "，".join(
        f"`{name}`={f'`{cell}`' if cell is not None else '（空）'}" for name, cell in row.items()
    )


def _derived(ruleset: Ruleset, table: str) -> list[Rule]:
    return [rule for rule in ruleset.rules_of(table) if not rule.hand_written]


def _table(ruleset: Ruleset, table: str) -> str:
    standard: Standard = ruleset.standard
    declared = standard.table(table)
    lines = [f"# {declared.name} `{table}`（标准 {standard.version}）", "", MADE, ""]
    lines += [f"由表结构、代码表和条款推导的规则 {len(_derived(ruleset, table))} 条。", ""]
    lines += ["| 代码 | 条款 | 处理 | 特性 | 要求 | 怎么改 |", "|---|---|---|---|---|---|"]
    lines += [
        f"| `{rule.code}` | {rule.clause} | {CONSEQUENCE_NAMES[rule.consequence]} "
        f"| {DIMENSION_NAMES[rule.dimension]} | {_cell(rule.statement)} | {_cell(rule.fix)} |"
        for rule in _derived(ruleset, table)
    ]
    own = [rule for rule in ruleset.rules_of(table) if rule.hand_written]
    if own:
        lines += ["", "## 适用于本表的手写规则", ""]
        lines += [f"- [`{rule.code}`]({page_of(rule.code)}) {rule.statement}" for rule in own]
    return "\n".join(lines) + "\n"


def _clause(name: str) -> str:
    found = clauses().get(name)
    return found.statement if found else IMPLIED.get(name, "")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
