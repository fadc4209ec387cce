"""The labels of a report in Chinese and English; what rules say stays Chinese.

The texts of rules, clauses and reading defects are written once, in the language of those who have
to act on them; an English report says so in its head.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

Language = Literal["zh", "en"]
Word = Callable[[str], str]

RULE_TEXTS = "规则的文字为中文。"
CUT_SHORT = "问题过多，只列出最前面的一部分"
COUNTS_WHOLE = "各项统计是完整的；改正后请再校验一次。按规则统计"
ENGLISH = {
    CUT_SHORT: "Too many problems: only the first ones are listed",
    COUNTS_WHOLE: "All counts are complete; mend these and check again. By rule",
    RULE_TEXTS: "What rules say (problem, reason, how to mend) is in Chinese: it has no English.",
    "数据校验报告": "Data check report",
    "标准": "Standard",
    "叠加": "overlay",
    "读取的行": "rows read",
    "可上报": "can be reported",
    "可上报，但须整改": "can be reported, to be mended",
    "可上报，须整改": "can be reported, to be mended",
    "不可上报，须改正": "cannot be reported, must be corrected",
    "提示核查": "please look into it",
    "问题": "Problem",
    "个问题": "problems",
    "行": "rows",
    "没有发现问题": "Nothing was found",
    "没有发现问题。": "Nothing was found.",
    "所有行均通过了可以检查的规则。": "All rows passed the rules that could be checked.",
    "问题清单（按规则，先重后轻）": "Problems, by rule, gravest first",
    "涉及": "Concerns",
    "处": "places",
    "字段": "Field",
    "为什么": "Why",
    "怎么改": "How to mend",
    "责任方": "Who must act",
    "依据": "Ground",
    "条款": "Clause",
    "条款内容": "Clause says",
    "规则": "Rule",
    "版本": "version",
    "位置": "Place",
    "主键": "Key",
    "现值": "Value",
    "应为": "Should be",
    "处理": "Handling",
    "（空）": "(empty)",
    "其余见 XLSX 或 JSON 报告，未列出": "not listed here, see the XLSX or JSON report",
    "没有检查的内容": "Not checked",
    "没有检查": "Not checked",
    "未检查": "Not checked",
    "运行异常的规则": "Rules that broke",
    "运行异常，请报系统运维单位": "broke; please tell who runs the system",
    "检查结果（规则 × 行）": "Results (rules × rows)",
    "通过": "passed",
    "不通过": "failed",
    "不适用": "not applicable",
    "涉及个人信息的值已遮盖。": "Personal values are masked.",
    "规则集": "Ruleset",
    "代码表": "Code lists",
    "引擎": "Engine",
    "文件": "File",
    "自查码": "Self-check code",
    "数据表": "Table",
    "其中须整改": "of these to be mended",
    "不可上报": "cannot be reported",
    "怎么用": "How to use",
    "颜色": "Colours",
    "整行": "whole row",
    "说明": "About",
    "问题清单": "Problems",
    "数据标注": "Marked data",
    "“问题清单”逐条说明；“数据标注”中着色的单元格有问题，指向单元格可见批注。": (
        "“Problems” lists them one by one; in “Marked data” coloured cells have problems, "
        "a comment says which."
    ),
    "红：不可上报，须改正；黄：可上报，须整改；蓝：提示核查。": (
        "Red: cannot be reported; yellow: can be reported, to be mended; blue: look into it."
    ),
    "数据上报单位": "reporting body",
    "审批部门": "approving department",
    "工程审批系统运维单位": "operator of the approval system",
    "上级平台": "higher platform",
}


class NoEnglishError(LookupError):
    """A label has no English yet; add it to ENGLISH."""


def words(language: Language) -> Word:
    """The labels of a language, by their Chinese. The result raises NoEnglishError."""
    if language == "zh":
        return str
    return _english


def language_of(environment: dict[str, str]) -> Language:
    """The language that the locale variables ask for: English where they say so, else Chinese."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return "en" if environment[name].lower().startswith("en") else "zh"
    return "zh"


def _english(label: str) -> str:
    try:
        return ENGLISH[label]
    except KeyError:
        raise NoEnglishError(label) from None
