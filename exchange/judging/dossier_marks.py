"""Mark the dossiers of judged rows: they are looked at as a whole when they have settled."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from exchange.store.connection import Conn
from exchange.store.queries import load
from schemas import Table
from schemas.policy import Policy
from validators.dossier.dossier import belonging

Q = load("dossiers")


def mark_dossiers(
    conn: Conn,
    standard: str,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    gone: Collection[int],
    policy: Policy,
    *,
    now: datetime,
) -> None:
    """Note in the verdict's transaction which dossiers these versions (id, raw) belong to.

    ``gone`` are those that were returned or withdrawn: their dossiers change although they are
    known to belong there.
    """
    members = [(row["id"], one) for row in rows for one in belonging(table, row["raw"])]
    if not members:
        return
    conn.execute(
        Q["mark_dossiers"],
        {
            "standard": standard,
            "versions": [version for version, _ in members],
            "kinds": [one.kind for _, one in members],
            "keys": [one.key for _, one in members],
            "gone": [version in gone for version, _ in members],
            "due_at": now + timedelta(seconds=policy.dossiers.settle_s),
        },
    )
