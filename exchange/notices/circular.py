"""Draft the circular (通报) on overdue bodies: counts only, signed by a person, never here.

One draft a day, when a step of a body's escalation asks for one. Where the policy has the county
report to the city instead of circulating itself, the draft is that report.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from exchange.notices.days import OFFICE_ZONE, chinese_date, day_of
from exchange.notices.document import environment
from exchange.notices.office import PolicyOf
from exchange.store.connection import Conn
from exchange.store.documents import write_whole
from exchange.store.queries import load
from schemas.policy import Escalation, Policy

Q = load("notices")
ACTIONS = {"draft_circular": "关于工程建设项目审批数据逾期未整改情况的通报",
           "report_up": "关于提请通报工程建设项目审批数据逾期未整改情况的报告"}  # fmt: skip


def draft_due(conn: Conn, policy_of: PolicyOf, now: datetime) -> date | None:
    """Draft today's circular if anything is overdue and there is none yet; its day, else None."""
    today = day_of(now)
    if conn.execute(Q["circular_exists"], {"period_to": today}).fetchone() is not None:
        return None
    content = content_of(conn, policy_of, now)
    if not content["sections"]:
        return None
    drafted = conn.execute(
        Q["draft_circular"],
        {"now": now, "period_to": today, "content": json.dumps(content, ensure_ascii=False)},
    ).fetchone()
    return None if drafted is None else today


def content_of(conn: Conn, policy_of: PolicyOf, now: datetime) -> dict[str, Any]:
    """The circular as data: per policy and action a ranking, the most overdue first."""
    today = day_of(now)
    last = conn.execute(Q["last_circular_before"], {"period_to": today}).fetchone()
    before = _items_by_body(last["content"]) if last else {}
    sections: dict[tuple[str, str], dict[str, Any]] = {}
    for row in conn.execute(Q["overdue_cases"], {"today": today}):
        policy = policy_of(row["body"], now)
        step = _step_reached(policy, row["deadline"], today)
        if step is None:
            continue
        section = sections.setdefault((policy.code, step.action), _section(policy, step))
        entry = section["bodies"].setdefault(
            row["body"], {"name": row["body_name"], "cases": 0, "items": 0, "oldest": None}
        )
        entry["cases"] += 1
        entry["items"] += row["items"]
        oldest = entry["oldest"] or row["deadline"].isoformat()
        entry["oldest"] = min(oldest, row["deadline"].isoformat())
    return {
        "period_to": today.isoformat(),
        "compared_with": last["period_to"].isoformat() if last else None,
        "sections": [_ranked(section, before, today) for section in sections.values()],
    }


def write_draft(conn: Conn, folder: Path, day: date) -> Path | None:
    """Write the document of a day's circular, as drafted or as signed; None when there is none."""
    row = conn.execute(Q["circular_of"], {"period_to": day}).fetchone()
    if row is None:
        return None
    path = folder / f"{day.isoformat()}.html"
    write_whole(path, render(row))
    return path


def render(row: Mapping[str, Any]) -> bytes:
    """The circular as an official letter; a draft says so across its head."""
    content = row["content"]
    signed = row["signed_at"]
    text = (
        environment()
        .get_template("circular.html")
        .render(
            sections=content["sections"],
            until=chinese_date(date.fromisoformat(content["period_to"])),
            compared=chinese_date(date.fromisoformat(content["compared_with"]))
            if content["compared_with"]
            else None,
            drafted=row["drafted_at"],
            signed_by=row["signed_by"],
            signed_on=chinese_date(signed.astimezone(OFFICE_ZONE).date()) if signed else None,
        )
    )
    return text.encode()


def _step_reached(policy: Policy, deadline: date, today: date) -> Escalation | None:
    reached = [
        step
        for step in policy.escalation
        if step.action in ACTIONS and today > policy.calendar.add(deadline, step.after_days).day
    ]
    return max(reached, key=lambda step: step.after_days, default=None)


def _section(policy: Policy, step: Escalation) -> dict[str, Any]:
    issuer = policy.circular_issuer if step.action == "draft_circular" else policy.notice_issuer
    article = policy.article(step.article)
    return {
        "action": step.action,
        "title": ACTIONS[step.action],
        "issuer": issuer.name,
        "sign": issuer.sign,
        "to": step.to,
        "copies_to": list(policy.copy_to),
        "ground": f"{article.document}{article.number}",
        "ground_text": article.text.rstrip("。"),
        "days": policy.rectification.days,
        "days_are_default": policy.rectification.is_default,
        "sign_is_default": issuer.is_default,
        "bodies": {},
    }


def _ranked(section: dict[str, Any], before: Mapping[str, int], today: date) -> dict[str, Any]:
    rows = [
        {
            "body": body,
            **entry,
            "days_over": (today - date.fromisoformat(entry["oldest"])).days,
            "change": entry["items"] - before[body] if body in before else None,
        }
        for body, entry in section["bodies"].items()
    ]
    rows.sort(key=lambda row: (-row["items"], -row["cases"], -row["days_over"], row["body"]))
    return {**section, "bodies": [{"rank": n, **row} for n, row in enumerate(rows, start=1)]}


def _items_by_body(content: Mapping[str, Any]) -> dict[str, int]:
    sections: Sequence[Mapping[str, Any]] = content.get("sections", ())
    return {row["body"]: row["items"] for section in sections for row in section["bodies"]}
