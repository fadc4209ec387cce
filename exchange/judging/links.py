"""Look at the addresses that rows name, for bodies that allow it, and note what does not open.

Nothing is contacted inside a transaction. A look costs a row nothing: what fails is advice. The
same failure again opens no second finding; the next look that succeeds is on record beside it. A
body that is excused from the rule is told so in its findings, and is not scored for them; when a
waiver begins or ends, what did not open is looked at again in the next round.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connectors.allowed_links import ATTACHMENT_IDS, DOCUMENTS, PAGES, Address
from connectors.county import Body
from connectors.link_probe import NOT_CONTACTED, OUTCOME_NAMES, Limits, Looked, look
from exchange.judging.verdict import as_json
from exchange.judging.waivers import last_turn, waivers_of
from exchange.store.connection import Conn, Store
from exchange.store.queries import load
from schemas import Standard, Table
from schemas.policy import Policy
from validators.finding import Finding
from validators.links import LINK_RULE, link_finding
from validators.record import wall_time
from validators.waiver import Waiver, excused

Q = load("links")
NO_ADDRESS = "none"


@dataclass(slots=True)
class LookedAt:
    """What a round came to: rows and addresses looked at, how many did not open."""

    rows: int = 0
    addresses: int = 0
    failing: int = 0

    def add(self, other: LookedAt) -> None:
        """Count another body."""
        self.rows += other.rows
        self.addresses += other.addresses
        self.failing += other.failing


def look_at_links(
    store: Store, body: Body, standards: Mapping[str, Standard], policy: Policy, *, now: datetime
) -> LookedAt:
    """Look at the addresses in rows of one body that are due.

    Nothing without an allow-list, or while the rule is not in force.
    """
    total, terms = LookedAt(), policy.links
    if not body.links.allow or policy.is_off(LINK_RULE.code):
        return total
    limits = Limits(terms.wait_s, terms.whole_s, terms.head_bytes)
    seen: dict[tuple[str, str], Looked] = {}
    rows, waiver = _due(store, body, standards, policy, now)
    for row in rows:
        table = standards[row["standard"]].table(row["table_code"])
        looks = []
        for address in body.links.addresses(table, row["raw"], body.link):
            key = (address.kind, address.url)
            if key not in seen:
                seen[key] = look(address.url, address.kind, body.links, limits)
            looks.append((address, seen[key]))
        total.rows += 1
        total.addresses += len(looks)
        with store.transaction() as conn:
            total.failing += _note(conn, row, table, looks, waiver, now)
    return total


def _due(
    store: Store, body: Body, standards: Mapping[str, Standard], policy: Policy, now: datetime
) -> tuple[list[dict[str, Any]], Waiver | None]:
    """The rows to look at, and what excuses the body from the rule today."""
    terms = policy.links
    named = {*PAGES, *DOCUMENTS, *ATTACHMENT_IDS}
    tables = {
        table.code
        for standard in standards.values()
        for table in standard.in_order
        if named & table.by_code.keys() or (body.link and table.code == "SPGL_XMJBXXB")
    }
    with store.transaction() as conn:
        in_force = waivers_of(conn, body.code, wall_time(now).date())
        rows = conn.execute(
            Q["rows_to_look_at"],
            {
                "body": body.code,
                "tables": sorted(tables),
                "since": now - timedelta(days=terms.recent_days),
                "again": now - timedelta(days=terms.every_days),
                "turned": last_turn(conn, body.code, LINK_RULE.code, now),
                "limit": terms.per_round,
            },
        ).fetchall()
    waiver = next((one for one in in_force if one.rule == LINK_RULE.code), None)
    return [row for row in rows if row["standard"] in standards], waiver


def _note(
    conn: Conn,
    row: Mapping[str, Any],
    table: Table,
    looks: list[tuple[Address, Looked]],
    waiver: Waiver | None,
    now: datetime,
) -> int:
    """Write the looks at one row; how many failed."""
    failing = 0
    fact = {"version": row["id"], "now": now}
    if not looks:
        nothing = {"field": "", "outcome": NO_ADDRESS, "detail": "", "finding": None}
        conn.execute(Q["note_look"], fact | nothing)
    for address, looked in looks:
        finding = None
        if looked.outcome != "ok" and looked.outcome not in NOT_CONTACTED:
            failing += 1
            one = _worded(row, table, address, looked)
            if waiver is not None:
                one = excused(one, waiver)
            finding = _number(conn, row["id"], address.field, looked, one, now)
        told = {"field": address.field, "outcome": looked.outcome, "detail": looked.detail}
        conn.execute(Q["note_look"], fact | told | {"finding": finding})
    return failing


def _worded(row: Mapping[str, Any], table: Table, address: Address, looked: Looked) -> Finding:
    """What stands against the row for an address that did not open."""
    seen = OUTCOME_NAMES[looked.outcome] + (f"（{looked.detail}）" if looked.detail else "")
    return link_finding(
        table, row["raw"], row=row["id"], where=row["place"], field=address.field, seen=seen
    )


def _number(
    conn: Conn, version: int, field: str, looked: Looked, one: Finding, now: datetime
) -> int:
    """The number of the finding: that of the last look if it failed alike, else a new one."""
    last = conn.execute(Q["last_look"], {"version": version, "field": field}).fetchone()
    alike = last is not None and (last["outcome"], last["waived"]) == (looked.outcome, one.waived)
    if last is not None and alike and last["finding_id"]:
        return int(last["finding_id"])
    found = conn.execute(
        Q["open_finding"],
        {
            "version": version,
            "now": now,
            "rule": one.rule,
            "rule_version": one.version,
            "consequence": one.consequence,
            "dimension": LINK_RULE.dimension,
            "clause": one.clause,
            "detail": as_json(one),
        },
    ).fetchone()
    assert found is not None
    return int(found["id"])
