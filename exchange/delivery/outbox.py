"""What is to be written upstream for a version: the invalidation of what is in effect, then itself.

Corrections follow the protocol of the standard: rows there are never updated or deleted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.base import Outgoing
from exchange.store.connection import Conn
from exchange.store.identity import content_hash
from exchange.store.queries import load
from schemas import Standard, Table

Q = load("delivery")
Row = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Step:
    """One write of a version's way up, as it stands before an attempt."""

    delivery: int
    version: int
    number: int
    table: Table
    payload: Row
    digest: bytes
    tried: bool
    lsh: str | None

    def outgoing(self, prior: int) -> Outgoing:
        """The row for the target, with how many equal rows it must find there."""
        return Outgoing(self.delivery, self.payload, prior, lsh=self.lsh, tried=self.tried)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Claimed versions that are not to be sent now.

    ``nothing`` are withdrawals of records that are not in effect upstream (any more), ``undecided``
    are versions of records of which an invalidation is up whose verdict nobody knows yet.
    """

    nothing: set[int] = field(default_factory=set)
    undecided: set[int] = field(default_factory=set)


def prepare(
    conn: Conn, standard: Standard, rows: Sequence[Mapping[str, Any]], correction_reason: str
) -> Prepared:
    """Write the missing steps of claimed versions; returns those that are not to be sent."""
    in_effect = _in_effect(conn, standard, rows)
    open_steps = {step.version for step in steps_to_send(conn, standard, _ids(rows))}
    last_step = _last_steps(conn, _ids(rows))
    undecided = _of_records(conn, standard, rows, "undecided_invalidations")
    prepared = Prepared()
    steps: list[tuple[object, ...]] = []
    for row in rows:
        if row["id"] in open_steps:
            continue
        table = standard.table(row["table_code"])
        record = (row["body"], row["table_code"], row["record_key"])
        if record in undecided:
            prepared.undecided.add(row["id"])
            continue
        before = in_effect.get(record)
        if not row["valid"] and before is None:
            prepared.nothing.add(row["id"])
            continue
        writes = [("insert", outgoing_row(table, row["raw"]))]
        if row["valid"] and before is not None:
            writes.insert(0, ("invalidate", invalidation(table, before, correction_reason)))
        for number, (kind, payload) in enumerate(writes, last_step.get(row["id"], 0) + 1):
            text = json.dumps(payload, ensure_ascii=False)
            digest = content_hash(table, payload)
            steps.append((row["id"], number, kind, table.code, text, digest))
    if steps:
        names = ("versions", "steps", "kinds", "table_codes", "payloads", "content_hashes")
        columns = dict(zip(names, map(list, zip(*steps, strict=True)), strict=True))
        conn.execute(Q["insert_deliveries"], {"standard": standard.version, **columns})
    return prepared


def steps_to_send(conn: Conn, standard: Standard, versions: Sequence[int]) -> list[Step]:
    """The steps of these versions that are not known to be upstream, in the order to send them.

    What lies before a new row that was refused belongs to an attempt that is over.
    """
    found = conn.execute(Q["deliveries_of"], {"versions": list(versions)}).fetchall()
    over = {
        row["version_id"]: row["step"]
        for row in found
        if row["kind"] == "insert" and row["outcome"] == "refused"
    }
    return [
        _step(standard, row)
        for row in found
        if row["outcome"] in {None, "lost"} and row["step"] > over.get(row["version_id"], 0)
    ]


def steps_sent(conn: Conn, standard: Standard, versions: Sequence[int]) -> list[Step]:
    """The steps of these versions that were written and are not finally answered."""
    found = conn.execute(Q["deliveries_of"], {"versions": list(versions)})
    return [_step(standard, row) for row in found if row["outcome"] in {"sent", "passed"}]


def priors(conn: Conn, standard: Standard, steps: Sequence[Step]) -> dict[int, int]:
    """For each step, how many rows of its content other deliveries of ours put upstream."""
    found: dict[int, int] = {}
    for code in {step.table.code for step in steps}:
        of_table = [step for step in steps if step.table.code == code]
        rows = conn.execute(
            Q["prior_counts"],
            {
                "standard": standard.version,
                "table_code": code,
                "ids": [step.delivery for step in of_table],
                "hashes": [step.digest for step in of_table],
            },
        )
        found.update({row["id"]: row["prior"] for row in rows})
    return found


def outgoing_row(table: Table, raw: Mapping[str, str | None]) -> Row:
    """The row as the higher platform takes it: the standard's columns, its own columns empty."""
    row: Row = {code: raw.get(code) for code in table.columns}
    for one in table.fields:
        if one.receiver:
            row[one.code] = None
    if "SJSCZT" in row:
        row["SJSCZT"] = "0"
    return row


def invalidation(table: Table, raw: Mapping[str, str | None], reason: str) -> Row:
    """The row that takes another out of effect: the same, marked invalid, with the reason."""
    return outgoing_row(table, {**raw, "SJYXBS": "0", "SJWXYY": reason})


def _in_effect(
    conn: Conn, standard: Standard, rows: Sequence[Mapping[str, Any]]
) -> dict[tuple[str, str, str], Row]:
    found = _of_records(conn, standard, rows, "in_effect")
    return {record: row["raw"] for record, row in found.items()}


def _of_records(
    conn: Conn, standard: Standard, rows: Sequence[Mapping[str, Any]], statement: str
) -> dict[tuple[str, str, str], dict[str, Any]]:
    """What a statement finds for the records of these rows: one row for each, by its names."""
    found = {}
    for code in {row["table_code"] for row in rows}:
        of_table = [row for row in rows if row["table_code"] == code]
        known = conn.execute(
            Q[statement],
            {
                "standard": standard.version,
                "table_code": code,
                "bodies": sorted({row["body"] for row in of_table}),
                "record_keys": [row["record_key"] for row in of_table],
            },
        )
        for row in known:
            found[row["body"], code, row["record_key"]] = row
    return found


def _last_steps(conn: Conn, versions: Sequence[int]) -> dict[int, int]:
    found = conn.execute(Q["deliveries_of"], {"versions": list(versions)})
    return {row["version_id"]: row["step"] for row in found}


def _step(standard: Standard, row: Mapping[str, Any]) -> Step:
    return Step(
        delivery=row["id"],
        version=row["version_id"],
        number=row["step"],
        table=standard.table(row["table_code"]),
        payload=row["payload"],
        digest=bytes(row["content_hash"]),
        tried=row["tried"],
        lsh=row["lsh"],
    )


def _ids(rows: Sequence[Mapping[str, Any]]) -> list[int]:
    return [row["id"] for row in rows]
