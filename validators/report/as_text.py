"""The report for a terminal: a summary, then finding by finding in the order of the file."""

from __future__ import annotations

from itertools import groupby

from validators.finding import Finding
from validators.report.model import HANDLING, Report
from validators.report.words import COUNTS_WHOLE, CUT_SHORT, RULE_TEXTS, Language, Word, words


def render(report: Report, language: Language = "zh") -> str:
    """The report as plain text that ends with a line break."""
    word = words(language)
    lines = [*_head(report, word), ""]
    if language != "zh":
        lines[1:1] = [word(RULE_TEXTS)]
    for place, found in groupby(report.findings, key=lambda finding: (finding.row, finding.where)):
        lines.append(place[1])
        for finding in found:
            lines += _finding(finding, word)
        lines.append("")
    if report.clean:
        lines += [word("没有发现问题。"), ""]
    lines += [f"{word('未检查')}：{reason}（{n}）" for reason, n in report.not_checked.items()]
    lines += [
        f"{word('规则')} {each.rule} {word('运行异常，请报系统运维单位')}。"
        for each in report.errors
    ]
    stamp = report.stamp
    lines.append(
        f"{word('标准')} {stamp.standard}{f'＋{stamp.overlay}' if stamp.overlay else ''}，"
        f"{word('规则集')} {stamp.ruleset}，{word('代码表')} {stamp.codelists}，"
        f"{word('引擎')} {stamp.engine}"
    )
    lines.append(f"{word('自查码')} {report.self_check}")
    return "\n".join(lines) + "\n"


def _head(report: Report, word: Word) -> list[str]:
    passed, failed = report.verdicts.get("pass", 0), report.verdicts.get("fail", 0)
    table = report.table
    counts = (
        f"{word('可上报')} {passed}（{word('其中须整改')} {report.must_mend}），"
        f"{word('不可上报')} {failed}，{report.found} {word('个问题')}"
    )
    return [
        f"{report.input.file}：{table.name}（{table.code}），{report.input.rows} {word('行')}",
        counts,
        *cut_short(report, word),
    ]


def cut_short(report: Report, word: Word) -> list[str]:
    """For a file with too many findings: that the list is not whole, and the whole by rule."""
    if not report.not_listed:
        return []
    listed = f"{len(report.findings)} / {report.found}"
    return [
        f"！！{word(CUT_SHORT)}：{listed}。{word(COUNTS_WHOLE)}",
        *(f"  {rule}：{many} {word('处')}" for rule, many in report.by_frequency),
    ]


def _finding(finding: Finding, word: Word) -> list[str]:
    told = [f"  【{word(HANDLING[finding.consequence])}】{finding.message}"]
    if finding.expected:
        told.append(f"    {word('应为')}：{finding.expected}")
    told.append(f"    {word('怎么改')}：{finding.fix}")
    told.append(f"    {word('依据')}：{finding.clause}　{word('规则')}：{finding.rule}")
    return told
