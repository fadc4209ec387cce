"""The notice as an official letter in HTML, whole in one file, with the list of findings annexed.

The list shows at most SHOWN findings, grouped by rule with their counts; all of them are in the
workbook that goes with the letter.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from exchange.notices.days import chinese_date, chinese_time, day_of
from exchange.notices.paper import Line, Paper
from validators.rule import CONSEQUENCE_NAMES, OWNER_NAMES

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
SHOWN = 200
"""Findings that the letter lists before it points to the workbook."""
OUTCOMES = {
    "confirmed": "重新推送并经上级平台确认入库",
    "completed": "补齐所属办件或项目的数据并经上级平台确认入库",
    "withdrawn": "由你单位撤回",
    "excused": "依豁免决定不再要求整改",
}
"""How the closing letter tells what became of the records."""


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one rule: how many there are, and those that are shown."""

    rule: str
    first: Line
    count: int
    shown: Sequence[Line]


def render(paper: Paper) -> bytes:
    """The letter: one template per kind, complete in itself, no reference to anything outside."""
    groups = grouped(paper.lines, SHOWN)
    text = (
        environment()
        .get_template(f"{paper.kind}.html")
        .render(
            paper=paper,
            office=paper.office,
            case=paper.case,
            groups=groups,
            shown=sum(len(group.shown) for group in groups),
            records=len(paper.items),
            again=sum(item.pushes > 1 for item in paper.items),
            outcomes=[
                f"{told} {many} 条"
                for resolution, told in OUTCOMES.items()
                if (many := sum(item.resolution == resolution for item in paper.items))
            ],
        )
    )
    return text.encode()


def grouped(lines: Sequence[Line], limit: int) -> list[Group]:
    """By rule, those that block first; of all together at most about ``limit`` are shown.

    Every rule shows at least one, small groups are shown whole, and what they leave goes to the
    large ones.
    """
    by_rule: dict[str, list[Line]] = {}
    for line in lines:
        by_rule.setdefault(str(line.finding.get("rule")), []).append(line)
    left, share = limit, {}
    for position, (rule, members) in enumerate(sorted(by_rule.items(), key=lambda i: len(i[1]))):
        share[rule] = max(1, min(len(members), left // (len(by_rule) - position)))
        left -= share[rule]
    return [
        Group(rule, members[0], len(members), members[: share[rule]])
        for rule, members in sorted(by_rule.items(), key=_blocking_and_frequent_first)
    ]


def _blocking_and_frequent_first(entry: tuple[str, list[Line]]) -> tuple[bool, int, str]:
    rule, members = entry
    return not members[0].blocks, -len(members), rule


@cache
def environment() -> Environment:
    """The templates of this folder; everything put into them is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["day"] = chinese_date
    made.filters["moment"] = chinese_time
    made.filters["local_day"] = day_of
    made.globals["consequences"] = CONSEQUENCE_NAMES
    made.globals["owners"] = OWNER_NAMES
    css = (TEMPLATES / "letter.css").read_text("utf-8")
    made.globals["css_hash"] = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return made
