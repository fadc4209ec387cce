"""The promise as one HTML page that asks for nothing outside and is made anew each time."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exchange.ledger.alarms import KINDS
from exchange.ledger.clocks import HOPS
from exchange.notices.days import OFFICE_ZONE
from exchange.rounds.promise import Promise
from exchange.scorecards.page import chart_library

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent / "templates"
MINUTE, HOUR, DAY = 60, 3600, 86400
NAMED = 5
"""So many bodies are named in the headline; the table has all."""
RULES = {"event": "业务发生后 {}内入库", "push_period": "每 {}为一个推送周期，周期内入库"}


def render(found: Promise, framed_by: str = "'none'") -> tuple[str, str]:
    """The page and the security policy it is to be served with."""
    texts, policy = _texts()
    page = (
        _environment()
        .get_template("promise.html")
        .render(
            found=found,
            hops=HOPS,
            kinds=KINDS,
            rules=RULES,
            named=NAMED,
            chart_data=_chart_data(found),
            **texts,
        )
    )
    return page, f"{policy}; frame-ancestors {framed_by}"


def _chart_data(found: Promise) -> str:
    """The median seconds in each hop, per body, as JSON that can stand inside a script element."""
    bodies = [body for body in found.bodies if body.hops]
    data = {
        "names": [body.name for body in bodies],
        "hops": [
            {"name": hop.name, "values": [body.hops.get(code, (0, 0))[0] for body in bodies]}
            for code, hop in HOPS.items()
            if code != "entry"
        ],
    }
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")


def span(seconds: float | None) -> str:
    """Seconds in words; a negative span keeps its sign."""
    if seconds is None:
        return "–"
    sign, size = ("-" if seconds < 0 else ""), abs(seconds)
    if size < MINUTE:
        return f"{sign}{size:.1f} 秒"
    if size < HOUR:
        return f"{sign}{size / MINUTE:.1f} 分钟"
    if size < DAY:
        return f"{sign}{size / HOUR:.1f} 小时"
    return f"{sign}{size / DAY:.1f} 天"


def limit(seconds: float) -> str:
    """A limit in words, without decimals where it has none."""
    return f"{seconds / MINUTE:g} 分钟" if seconds >= MINUTE else f"{seconds:g} 秒"


def and_more(bodies: Sequence[object]) -> str:
    """How many there are in all, where the headline does not name them all."""
    return f"等 {len(bodies)} 个单位" if len(bodies) > NAMED else ""


def moment(at: datetime | None) -> str:
    """A time as the office's clock shows it."""
    return "–" if at is None else f"{at.astimezone(OFFICE_ZONE):%m-%d %H:%M:%S}"


@cache
def _texts() -> tuple[dict[str, str], str]:
    """The parts that the page carries word for word, and the policy that allows only these."""
    parts = {
        "css": (HERE / "promise.css").read_text("utf-8"),
        "script": (HERE / "promise.js").read_text("utf-8"),
        "library": chart_library(),
    }
    known = {name: _hash(text) for name, text in parts.items()}
    policy = (
        f"default-src 'none'; script-src {known['library']} {known['script']}; "
        f"style-src {known['css']}; base-uri 'none'; form-action 'none'"
    )
    return parts, policy


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = {"span": span, "limit": limit, "moment": moment, "and_more": and_more}
    made.filters |= filters
    return made
