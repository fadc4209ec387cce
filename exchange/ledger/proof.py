"""Proofs of the ledger: that the chain holds, that the balance counts right; kept and shown."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from exchange.ledger.anchor import compare, compare_issued, read_anchor
from exchange.ledger.balance import Balance, Line, balance
from exchange.ledger.verify import verify
from exchange.store.connection import Conn, Store
from exchange.store.queries import load

Q = load("proofs")
NAMES: Mapping[str, str] = {"chain": "链条与锚定", "balance": "全量重数"}
MOST_NAMED = 100
OVERDUE_AFTER = timedelta(hours=36)


@dataclass(frozen=True, slots=True)
class Proof:
    """One proof: of the ``chain`` or of the ``balance``, with what differs, named one by one.

    ``facts`` are what was looked at, in numbers; of very many differences the first hundred are
    named and the last says how many more there are.
    """

    kind: str
    at: datetime
    seconds: float
    facts: Mapping[str, Any]
    differences: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing differs."""
        return not self.differences

    def to_json(self) -> dict[str, Any]:
        """The proof as a JSON object."""
        return {
            "kind": self.kind,
            "at": self.at.isoformat(),
            "seconds": round(self.seconds, 2),
            "holds": self.holds,
            "facts": dict(self.facts),
            "differences": list(self.differences),
        }


def prove_chain(store: Store, anchors: Sequence[Path], *, now: datetime) -> Proof:
    """Compute the whole chain anew, and hold it against the anchors issued and these files."""

    def look() -> tuple[dict[str, Any], Iterable[str]]:
        found = verify(store)
        with store.transaction() as conn:
            found.faults += compare_issued(conn)
            for path in anchors:
                found.faults += compare(conn, read_anchor(path))
        facts = {
            "blocks": found.blocks, "rows": found.rows, "head": found.head.hex(),
            "anchor_files": len(anchors),
        }  # fmt: skip
        return facts, (f"第 {one.block} 块：{one.text}" for one in found.faults)

    return _proved(store, "chain", look, now)


def prove_balance(store: Store, *, now: datetime) -> Proof:
    """Count every version anew, look through every journey, and compare with the running count."""

    def look() -> tuple[dict[str, Any], Iterable[str]]:
        with store.transaction() as conn:
            found = balance(conn, full=True)
        return found.total(), _unexplained(found)

    return _proved(store, "balance", look, now)


def last_proofs(conn: Conn) -> list[Proof]:
    """The last proof of each kind; none of a kind that was never proved."""
    found = conn.execute(Q["last_proofs"], {"kinds": list(NAMES)})
    return [
        Proof(row["kind"], row["at"], row["seconds"], row["facts"], tuple(row["differences"]))
        for row in found
    ]


def overdue(conn: Conn, proofs: Sequence[Proof], *, now: datetime) -> dict[str, datetime]:
    """The kinds that were not proved in time, with when they last were, or when records began."""
    first = conn.execute(Q["first_landed"]).fetchone()
    if first is None:
        return {}
    began: datetime = first["landed_at"]
    last = {proof.kind: proof.at for proof in proofs}
    since = {kind: last.get(kind, began) for kind in NAMES}
    return {kind: at for kind, at in since.items() if at + OVERDUE_AFTER < now}


def _proved(
    store: Store,
    kind: str,
    look: Callable[[], tuple[dict[str, Any], Iterable[str]]],
    now: datetime,
) -> Proof:
    began = time.monotonic()
    facts, differences = look()
    proof = Proof(kind, now, time.monotonic() - began, facts, _shortened(tuple(differences)))
    with store.transaction() as conn:
        conn.execute(
            Q["insert_proof"],
            {
                "kind": kind,
                "at": now,
                "seconds": proof.seconds,
                "facts": json.dumps(proof.facts),
                "differences": json.dumps(proof.differences, ensure_ascii=False),
            },
        )
    return proof


def _shortened(differences: tuple[str, ...]) -> tuple[str, ...]:
    if len(differences) <= MOST_NAMED:
        return differences
    more = f"另有 {len(differences) - MOST_NAMED} 处不符"
    return (*differences[:MOST_NAMED], more)


def _unexplained(found: Balance) -> Iterable[str]:
    for line in found.lines:
        if line.unaccounted:
            yield f"{_feed(line)}：收讫 {line.acknowledged} 条，去向不明 {line.unaccounted} 条"
    for line in found.miscounted:
        yield f"{_feed(line)}：重数与计数不一致（{line}）"
    for version in found.broken_journeys:
        yield f"第 {version} 版记录的流转不连续，或与现状不符"


def _feed(line: Line) -> str:
    return f"{line.body} {line.standard} {line.table_code}"
