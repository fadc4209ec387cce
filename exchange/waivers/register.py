"""The register of waivers: added, listed, revoked; every change is in the audit under a name.

A waiver changes no verdict that was given. Records that its rule alone sent back are judged again
when it is added; records that ride along under it are judged without it when it has expired or is
revoked and they come again. Dossiers do not come again by themselves: those that the rule stands
against are judged again when a waiver is added or revoked, and on the day after its last one; so
are addresses that did not open looked at again in the next round after each of these.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from exchange.errors import StopError
from exchange.store.connection import Conn
from exchange.store.queries import load

Q = load("waivers")


class WaiverRefusedError(StopError):
    """The waiver was not added: {why}. Mend the command and give it again."""


class NoSuchWaiverError(StopError):
    """There is no waiver {number} in force; `exchange waivers list` shows what there is."""


@dataclass(frozen=True, slots=True)
class Request:
    """A waiver as a person asks for it: both days included; ``signer`` answers for it."""

    body: str
    rule: str
    reason: str
    signer: str
    from_day: date
    until_day: date


@dataclass(frozen=True, slots=True)
class Added:
    """The waiver's number, and what is judged again for it: records sent back, and dossiers."""

    number: int
    judged_again: int
    dossiers: int


def add(conn: Conn, request: Request, *, rules: Collection[str], who: str, now: datetime) -> Added:
    """Write a waiver down. Raises WaiverRefusedError; ``rules`` are the codes there are."""
    if problem := _problem(conn, request, rules, who):
        raise WaiverRefusedError(why=problem)
    facts = {
        "body": request.body,
        "rule": request.rule,
        "reason": request.reason.strip(),
        "signer": request.signer.strip(),
        "from_day": request.from_day,
        "until_day": request.until_day,
        "now": now,
        "who": who.strip(),
    }
    row = conn.execute(Q["add_waiver"], facts).fetchone()
    assert row is not None
    number = int(row["id"])
    again = conn.execute(Q["judge_again"], facts).rowcount
    dossiers = conn.execute(Q["mark_dossiers"], {"waiver": number, "now": now}).rowcount
    told = {**facts, "judged_again": again, "dossiers": dossiers}
    _audit(conn, who, "waivers add", number, told)
    return Added(number, again, dossiers)


def revoke(conn: Conn, number: int, *, who: str, now: datetime) -> int:
    """End a waiver now; returns how many dossiers are judged again for it.

    Raises NoSuchWaiverError, WaiverRefusedError without a name.
    """
    if not who.strip():
        raise WaiverRefusedError(why="--who is empty")
    facts = {"number": number, "who": who.strip(), "now": now}
    if conn.execute(Q["revoke_waiver"], facts).rowcount == 0:
        raise NoSuchWaiverError(number=number)
    dossiers = conn.execute(Q["mark_dossiers"], {"waiver": number, "now": now}).rowcount
    _audit(conn, who, "waivers revoke", number, {**facts, "dossiers": dossiers})
    return dossiers


def listed(conn: Conn, *, body: str | None, today: date, everything: bool) -> list[dict[str, Any]]:
    """The waivers, with ``state``: in_force, future, expired, revoked; by default not the ended."""
    facts = {"body": body, "today": today, "everything": everything}
    return conn.execute(Q["waivers"], facts).fetchall()


def _problem(conn: Conn, request: Request, rules: Collection[str], who: str) -> str | None:
    if not who.strip():
        return "--who is empty"
    if not request.reason.strip() or not request.signer.strip():
        return "it needs a reason and a signer"
    if request.until_day < request.from_day:
        return f"it would end on {request.until_day}, before it begins on {request.from_day}"
    if request.rule not in rules:
        return f"there is no rule {request.rule!r}; `exchange rules` lists the codes"
    if conn.execute(Q["body"], {"body": request.body}).fetchone() is None:
        return f"there is no body {request.body!r}; `exchange bodies` lists them"
    return None


def _audit(conn: Conn, who: str, did: str, number: int, facts: dict[str, Any]) -> None:
    detail = json.dumps(facts, ensure_ascii=False, default=str)
    conn.execute(
        Q["audit"], {"who": who.strip(), "did": did, "object": f"waiver {number}", "detail": detail}
    )
