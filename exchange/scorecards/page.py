"""The scorecard as one HTML page: numbers, charts, and every row behind them, nothing outside."""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exchange.notices.days import OFFICE_ZONE, chinese_date, chinese_time
from exchange.scorecards.formula import formula_text
from exchange.scorecards.measures import ACCESSIBILITY, PROPERTIES, seconds_text
from exchange.scorecards.rows import BodyRows
from exchange.scorecards.scorecard import Scorecard
from schemas.policy import DIMENSIONS

if TYPE_CHECKING:
    from datetime import datetime

    from jinja2 import Environment

HERE = Path(__file__).parent
ROWS_ON_PAGE = 6000
"""Rows of all lists together that a page is laid out for; it stays below some three megabytes."""
MOST_PER_LIST, LEAST_PER_LIST = 50, 5
LISTS_PER_BODY = 8


def cap_for(bodies: int) -> int:
    """How many rows each list of a page with so many bodies may have."""
    room = ROWS_ON_PAGE // (LISTS_PER_BODY * max(bodies, 1))
    return max(LEAST_PER_LIST, min(MOST_PER_LIST, room))


def render(card: Scorecard, rows: Mapping[str, BodyRows], cap: int) -> bytes:
    """The page; ``rows`` are those of at most ``cap`` per list."""
    text = (
        _environment()
        .get_template("scorecard.html")
        .render(
            card=card,
            rows=rows,
            cap=cap,
            nothing=BodyRows(),
            dimensions=DIMENSIONS,
            formula=formula_text(card.policy),
            chart_data=_embedded(_chart_data(card)),
            **_texts(),
        )
    )
    return text.encode()


def _chart_data(card: Scorecard) -> dict[str, Any]:
    """What the charts draw, the best body on top."""
    ranked = [standing for standing in card.standings if standing.total is not None]
    timed = [one for one in ranked if one.measures.timing.due]

    def finite(seconds: float | None) -> float | None:
        return None if seconds is None or math.isinf(seconds) else max(round(seconds, 1), 1)

    return {
        "limit": card.policy.clock.seconds,
        "total": [
            {
                "name": one.measures.name,
                "value": one.total,
                "band": band(None if one.total is None else one.total / 100, card),
            }
            for one in ranked
        ],
        "timing": [
            {
                "name": one.measures.name,
                "p50": finite(one.measures.timing.p50),
                "p95": finite(one.measures.timing.p95),
                "p99": finite(one.measures.timing.p99),
            }
            for one in timed
        ],
    }


def band(share: float | None, card: Scorecard) -> int | None:
    """Which grade of the policy a share falls into, 0 the best; None when there is no share."""
    if share is None:
        return None
    bounds = [bound for bound, _ in card.policy.scoring.grades]
    return next((n for n, bound in enumerate(bounds) if 100 * share >= bound), len(bounds) - 1)


def percent(share: float | None) -> str:
    """A share with one decimal; never rounded up to 100 %."""
    if share is None:
        return "–"
    return f"{math.floor(share * 1000 + 1e-9) / 10:.1f}%"


def _embedded(data: object) -> str:
    """JSON that can stand inside a script element."""
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")


def _clock(at: datetime | None) -> str:
    return "–" if at is None else f"{at.astimezone(OFFICE_ZONE):%m-%d %H:%M:%S}"


def chart_library() -> str:
    """The library that draws charts, for pages that carry it within them."""
    return (HERE / "assets" / "echarts.common.min.js").read_text("utf-8")


@cache
def _texts() -> dict[str, str]:
    """The parts that the page carries word for word, and their hashes for its security policy."""
    parts = {
        "css": (HERE / "templates" / "scorecard.css").read_text("utf-8"),
        "script": (HERE / "templates" / "scorecard.js").read_text("utf-8"),
        "library": chart_library(),
    }
    hashes = {
        f"{name}_hash": base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for name, text in parts.items()
    }
    return parts | hashes


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {
        "percent": percent,
        "seconds": seconds_text,
        "day": chinese_date,
        "moment": chinese_time,
        "clock": _clock,
    }
    made.globals |= {
        "band": band,
        "names": PROPERTIES,
        "accessibility": ACCESSIBILITY,
    }
    return made
