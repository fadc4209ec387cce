"""Look at the addresses that rows name, for bodies that allow it, and note what does not open.

Nothing is contacted inside a transaction. A look costs a row nothing: what fails is advice. The
same failure again opens no second finding; the next look that succeeds is on record beside it.
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
from exchange.store.connection import Conn, Store
from exchange.store.queries import load
from schemas import Standard, Table
from schemas.policy import Policy
from validators.links import LINK_RULE, link_finding

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
    for row in _due(store, body, standards, policy, now):
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
            total.failing += _note(conn, row, table, looks, now)
    return total


def _due(
    store: Store, body: Body, standards: Mapping[str, Standard], policy: Policy, now: datetime
) -> list[dict[str, Any]]:
    terms = policy.links
    named = {*PAGES, *DOCUMENTS, *ATTACHMENT_IDS}
    tables = {
        table.code
        for standard in standards.values()
        for table in standard.in_order
        if named & table.by_code.keys() or (body.link and table.code == "SPGL_XMJBXXB")
    }
    with store.transaction() as conn:
        rows = conn.execute(
            Q["rows_to_look_at"],
            {
                "body": body.code,
                "tables": sorted(tables),
                "since": now - timedelta(days=terms.recent_days),
                "again": now - timedelta(days=terms.every_days),
                "limit": terms.per_round,
            },
        ).fetchall()
    return [row for row in rows if row["standard"] in standards]


def _note(
    conn: Conn,
    row: Mapping[str, Any],
    table: Table,
    looks: list[tuple[Address, Looked]],
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
            finding = _finding(conn, row, table, address, looked, now)
        told = {"field": address.field, "outcome": looked.outcome, "detail": looked.detail}
        conn.execute(Q["note_look"], fact | told | {"finding": finding})
    return failing


def _finding(
    conn: Conn,
    row: Mapping[str, Any],
    table: Table,
    address: Address,
    looked: Looked,
    now: datetime,
) -> int:
    """The number of the finding: that of the last look if it failed alike, else a new one."""
    asked = {"version": row["id"], "field": address.field}
    last = conn.execute(Q["last_look"], asked).fetchone()
    if last is not None and last["outcome"] == looked.outcome and last["finding_id"]:
        return int(last["finding_id"])
    seen = OUTCOME_NAMES[looked.outcome] + (f"（{looked.detail}）" if looked.detail else "")
    one = link_finding(
        table, row["raw"], row=row["id"], where=row["place"], field=address.field, seen=seen
    )
    found = conn.execute(
        Q["open_finding"],
        {
            "version": row["id"],
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
