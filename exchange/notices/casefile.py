"""What the store knows of a case: the case itself, its items, and what is wrong with each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from exchange.notices.masking import mask_key, shown_key
from exchange.store.connection import Conn
from exchange.store.queries import load
from schemas import Table, table_of

Q = load("notices")


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it stands; the facts of its notice are None while it still collects."""

    id: int
    body: str
    body_name: str
    state: str
    opened_at: datetime
    number: str | None
    notified_at: datetime | None
    deadline: date | None
    provisional: bool
    basis: str | None
    overdue_since: datetime | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Case:
        """From a row of the store."""
        return cls(
            id=row["id"],
            body=row["body"],
            body_name=row["body_name"],
            state=row["state"],
            opened_at=row["opened_at"],
            number=row["number"],
            notified_at=row["notified_at"],
            deadline=row["deadline"],
            provisional=bool(row["deadline_provisional"]),
            basis=row["deadline_basis"],
            overdue_since=row["overdue_since"],
        )


@dataclass(frozen=True, slots=True)
class Item:
    """One record that has to be mended; ``findings`` are those of its newest version.

    Findings have the public JSON shape, keys and values masked where they are personal.
    """

    id: int
    version: int
    standard: str
    table: str
    table_name: str
    key: Mapping[str, str]
    local_key: str | None
    place: str
    pushes: int
    findings: tuple[Mapping[str, Any], ...] = ()
    resolved_at: datetime | None = None
    resolution: str | None = None


def items_of(conn: Conn, case: int) -> list[Item]:
    """All items of a case, parents before children, the open ones with their findings."""
    findings: dict[int, list[Mapping[str, Any]]] = {}
    for row in conn.execute(Q["findings_of_case"], {"case": case}):
        findings.setdefault(row["version_id"], []).append(row["detail"])
    rows = conn.execute(Q["items_of_case"], {"case": case}).fetchall()
    return [_item(row, findings.get(row["version_id"], ())) for row in rows]


def open_ones(items: Sequence[Item]) -> list[Item]:
    """The items that are not mended yet."""
    return [item for item in items if item.resolved_at is None]


def _item(row: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> Item:
    table = table_of(row["standard"], row["table_code"])
    return Item(
        id=row["id"],
        version=row["version_id"],
        standard=row["standard"],
        table=row["table_code"],
        table_name=table.name if table else row["table_code"],
        key=shown_key(table, row["record_key"]),
        local_key=row["local_key"],
        place=row["place"],
        pushes=row["pushes"],
        findings=tuple(_with_masked_key(table, finding) for finding in findings),
        resolved_at=row["resolved_at"],
        resolution=row["resolution"],
    )


def _with_masked_key(table: Table | None, finding: Mapping[str, Any]) -> dict[str, Any]:
    key = {code: text for code, text in (finding.get("key") or {}).items() if text is not None}
    return {**finding, "key": mask_key(table, key)}
