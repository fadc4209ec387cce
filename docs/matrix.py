"""Clause → rule → test, and article → answer: the pages that show there is no unexplained hole."""

from __future__ import annotations

from rule_pages import MADE, page_of, rulesets, written

from schemas.clauses import clauses
from validators import Rule
from validators.articles import Article, articles, documents
from validators.coverage import Coverage, coverage
from validators.dossier.rule import DossierRule

WRITTEN_TEST = "tests/validators/test_rules.py"
DOSSIER_TEST = "tests/validators/dossier/test_rules.py"
DERIVED_TEST = "tests/validators/derived/test_derived.py"
MOST = 6
"""Derived rules of a clause that are named; the rest is counted."""


def clause_page() -> str:
    """Every clause with its rules and their tests, or the reason why there is none."""
    every: dict[str, Rule | DossierRule] = {rule.code: rule for rule in written()}
    for ruleset in rulesets().values():
        every |= {code: rule for code, rule in ruleset.rules.items() if code not in every}
    found = coverage(every.values())
    built = sum(bool(one.rules) for one in found)
    partly = sum(bool(one.rules) and one.reason is not None for one in found)
    holes = [one.clause for one in found if one.is_hole]
    lines = ["# 条款 → 规则 → 测试 / Clauses, rules, tests", "", MADE, ""]
    counts = (
        f"条款 {len(found)} 条：有规则 {built} 条（其中 {partly} 条只覆盖一部分），"
        f"未建而有理由 {len(found) - built - len(holes)} 条，没有解释的 {len(holes)} 条。"
    )
    lines += [
        counts,
        "",
        "| 条款 | 内容 | 规则 | 测试 | 未建的理由 |",
        "|---|---|---|---|---|",
    ]
    lines += [_clause_line(one, every) for one in found]
    return "\n".join(lines) + "\n"


def article_page() -> str:
    """Every article of the management rules with what answers it."""
    lines = ["# 管理办法逐条对照 / Articles of the management rules", "", MADE]
    for number, name in documents().items():
        lines += ["", f"## {number} {name}", ""]
        lines += ["| 条 | 要求（本系统的表述） | 规则 | 实现 | 说明 |", "|---|---|---|---|---|"]
        lines += [_article_line(one) for one in articles() if one.document == number]
    return "\n".join(lines) + "\n"


def _clause_line(one: Coverage, every: dict[str, Rule | DossierRule]) -> str:
    own = [code for code in one.rules if _is_written(every[code])]
    derived = [code for code in one.rules if code not in own]
    rules = [f"[`{code}`](rules/{page_of(code)})" for code in own]
    rules += [f"`{code}`" for code in derived[:MOST]]
    if len(derived) > MOST:
        rules.append(f"另 {len(derived) - MOST} 条推导规则")
    tests = sorted({_test(every[code]) for code in one.rules})
    reason = one.reason.reason if one.reason else ""
    return (
        f"| {one.clause} | {_cell(clauses()[one.clause].statement)} | {'<br>'.join(rules)} "
        f"| {'<br>'.join(f'[{test}](../../{test})' for test in tests)} | {_cell(reason)} |"
    )


def _article_line(one: Article) -> str:
    rules = "、".join(f"`{rule}`" for rule in one.rules)
    parts = "<br>".join(f"[`{part}`](../../{part})" for part in one.parts)
    return f"| {one.article} | {_cell(one.asks)} | {rules} | {parts} | {_cell(one.reason)} |"


def _is_written(rule: Rule | DossierRule) -> bool:
    return isinstance(rule, DossierRule) or rule.hand_written


def _test(rule: Rule | DossierRule) -> str:
    if isinstance(rule, DossierRule):
        return DOSSIER_TEST
    return WRITTEN_TEST if rule.hand_written else DERIVED_TEST


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
