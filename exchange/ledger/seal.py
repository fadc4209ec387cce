"""Seal what was written: committed rows into blocks, in the order of their transactions.

No writer waits for the sealing. Each row carries the number of the transaction that wrote it; below
the oldest number that still runs (the fence) nothing can appear any more, so all that is committed
there goes into the next block. What is above the fence is the unsealed tail: it waits for the
longest transaction that runs, seconds as a rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from exchange.errors import StopError
from exchange.ledger.chain import (
    BEGINNING,
    KINDS,
    Block,
    Part,
    Q,
    anything,
    block_hash,
    block_text,
    statement,
)
from exchange.store.connection import Conn, Store

MOVES_PER_BLOCK = 20_000


class RestoredStoreError(StopError):
    """The store's transactions are numbered below what is sealed already: {fence} < {high}.

    It was restored into another server. Run `exchange init`, which continues the numbering.
    """


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a call came to; ``busy`` when somebody else was sealing."""

    blocks: int = 0
    rows: int = 0
    busy: bool = False


@dataclass(frozen=True, slots=True)
class Tail:
    """What is committed and not sealed: rows, and how long the oldest has waited, in seconds."""

    rows: int
    oldest_s: float


def seal(store: Store, *, now: datetime, moves: int = MOVES_PER_BLOCK) -> Sealed:
    """Seal all that is below the fence, in blocks of about ``moves`` moves, each by itself.

    Any number may call it at once: one works, the others return. Raises RestoredStoreError.
    """
    blocks, rows = 0, 0
    fence = None
    while True:
        with store.transaction() as conn:
            locked = conn.execute(Q["lock_chain"]).fetchone()
            assert locked is not None
            if not locked["ours"]:
                return Sealed(blocks, rows, busy=True)
            if fence is None:
                fence = _fence(conn)
            sealed, done = _next_block(conn, fence, now, moves)
        blocks += bool(sealed)
        rows += sealed
        if done:
            return Sealed(blocks, rows)


def tail(conn: Conn, *, now: datetime) -> Tail:
    """The unsealed rows. Costs a look at these rows only."""
    head = conn.execute(Q["head"]).fetchone()
    found = conn.execute(Q["tail"], {"high": head["high"] if head else 0}).fetchone()
    assert found is not None
    oldest = found["oldest"]
    return Tail(found["rows"], (now - oldest).total_seconds() if oldest else 0.0)


def _fence(conn: Conn) -> int:
    found = conn.execute(Q["fence"]).fetchone()
    assert found is not None
    return int(found["fence"])


def _next_block(conn: Conn, fence: int, now: datetime, moves: int) -> tuple[int, bool]:
    """Write the next block; returns its rows, and whether the fence is reached."""
    found = conn.execute(Q["head"]).fetchone()
    number = found["number"] + 1 if found else 1
    low = found["high"] if found else 0
    previous = bytes(found["hash"]) if found else BEGINNING
    sealed_at = max(now, found["sealed_at"]) if found else now
    if fence < low:
        raise RestoredStoreError(fence=fence, high=low)
    if fence == low:
        return 0, True
    span = {"low": low, "high": fence, "rows": moves}
    found = conn.execute(anything(), span).fetchone()
    if found is None or not found["there"]:
        return 0, True
    cut = conn.execute(Q["end_of_block"], span).fetchone()
    high = fence if cut is None else max(int(cut["written_in"]), low + 1)
    parts = _write_parts(conn, number, low, high)
    rows = sum(part.rows for part in parts)
    digest = block_hash(block_text(number, sealed_at, low, high, previous, parts))
    block = Block(number, sealed_at, low, high, rows, previous, digest)
    conn.execute(Q["insert_block"], {name: getattr(block, name) for name in Block.__slots__})
    return rows, high == fence


def _write_parts(conn: Conn, number: int, low: int, high: int) -> list[Part]:
    parts = []
    for kind in KINDS:
        span = {"block": number, "kind": kind, "low": low, "high": high}
        written = conn.execute(statement("insert_part", kind), span).fetchone()
        if written is not None:
            parts.append(Part(kind, written["rows"], bytes(written["hash"])))
    return parts
