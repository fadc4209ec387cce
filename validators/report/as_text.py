"""The report for a terminal: a summary, then finding by finding in the order of the file."""

from __future__ import annotations

from itertools import groupby

from validators.finding import Finding
from validators.report.model import HANDLING, Report


def render(report: Report) -> str:
    """The report as plain text that ends with a line break."""
    lines = [*_head(report), ""]
    for place, found in groupby(report.findings, key=lambda finding: (finding.row, finding.where)):
        lines.append(place[1])
        for finding in found:
            lines += _finding(finding)
        lines.append("")
    if report.clean:
        lines += ["没有发现问题。", ""]
    lines += [f"未检查：{reason}（{number}项次）" for reason, number in report.not_checked.items()]
    lines += [f"规则 {each.rule} 运行异常，请报系统运维单位。" for each in report.errors]
    stamp = report.stamp
    lines.append(
        f"标准 {stamp.standard}{f'＋{stamp.overlay}' if stamp.overlay else ''}，"
        f"规则集 {stamp.ruleset}，代码表 {stamp.codelists}，引擎 {stamp.engine}"
    )
    lines.append(f"自查码 {report.self_check}")
    return "\n".join(lines) + "\n"


def _head(report: Report) -> list[str]:
    passed, failed = report.verdicts.get("pass", 0), report.verdicts.get("fail", 0)
    many = len(report.findings)
    return [
        f"{report.input.file}：{report.table.name}（{report.table.code}），{report.input.rows}行",
        f"可上报{passed}行（其中须整改{report.must_mend}行），不可上报{failed}行，问题{many}个。",
    ]


def _finding(finding: Finding) -> list[str]:
    told = [f"  【{HANDLING[finding.consequence]}】{finding.message}"]
    if finding.expected:
        told.append(f"    应为：{finding.expected}")
    told.append(f"    改法：{finding.fix}")
    told.append(f"    依据：{finding.clause}　规则：{finding.rule}")
    return told
