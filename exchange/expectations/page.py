"""The outcomes as one page in Chinese that needs nothing else, and as JSON for programs.

The pages that great-expectations itself makes are English and load scripts and styles from outside;
the reform office opens this one from a folder, offline.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exchange.expectations.verify import Verified
from exchange.notices.days import chinese_date, chinese_time

if TYPE_CHECKING:
    from jinja2 import Template

HERE = Path(__file__).parent
SHOWN = 100
"""Rows that the page lists under an expectation; all of them are in the JSON."""
KEY_NAMES: Mapping[str, str] = {
    "body": "单位代码",
    "body_name": "单位",
    "standard": "标准",
    "table_code": "表",
    "parent": "上级表",
    "child": "下级表",
    "field": "字段",
}


def render(found: Sequence[Verified], day: date, now: datetime) -> str:
    """The page; every value is escaped."""
    return _template().render(
        found=found,
        day=chinese_date(day),
        now=chinese_time(now),
        names=KEY_NAMES,
        shown=SHOWN,
        broken=sum(not outcome.met for one in found for outcome in one.outcomes),
        every=sum(len(one.outcomes) for one in found),
    )


def to_json(found: Sequence[Verified], day: date, now: datetime) -> dict[str, Any]:
    """The same for programs, with every row that broke an expectation."""
    return {
        "day": day.isoformat(),
        "made_at": now.isoformat(),
        "met": all(one.met for one in found),
        "datasets": [
            {
                "dataset": one.dataset.name,
                "rows": one.rows,
                "expectations": [
                    {
                        "title": outcome.expectation.title,
                        "type": outcome.expectation.type,
                        "arguments": dict(outcome.expectation.arguments),
                        "met": outcome.met,
                        "unexpected": [dict(row) for row in outcome.unexpected],
                        "error": outcome.error,
                    }
                    for outcome in one.outcomes
                ],
            }
            for one in found
        ],
    }


def cell(value: object) -> str:
    """A cell as people read it: two decimals, – for nothing."""
    if value is None:
        return "–"
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def as_text(told: Mapping[str, Any]) -> bytes:
    """The JSON as a file."""
    return json.dumps(told, ensure_ascii=False, indent=1, default=str).encode()


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["cell"] = cell
    return made.get_template("expectations.html")
