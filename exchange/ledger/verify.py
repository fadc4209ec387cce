"""Verify the chain: compute every sealed row's hash anew and name what is not as it was sealed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from exchange.ledger.chain import (
    BEGINNING,
    KINDS,
    Block,
    Part,
    Q,
    block_hash,
    block_text,
    statement,
)
from exchange.store.connection import Conn, Store

BLOCKS_AT_ONCE = 200
THREADS = 2
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it was sealed.

    ``what`` is ``changed``, ``missing`` or ``added`` for a row, which ``kind`` and ``key`` name,
    and ``chain`` for the chain's own rows; ``text`` tells it in a sentence.
    """

    block: int
    what: str
    text: str
    kind: str | None = None
    key: int | None = None


@dataclass(slots=True)
class Verified:
    """What was looked at and what was wrong; ``head`` is the hash of the last block."""

    blocks: int = 0
    rows: int = 0
    head: bytes = BEGINNING
    faults: list[Fault] = field(default_factory=list)


def verify(store: Store, *, progress: Progress | None = None) -> Verified:
    """Verify every block from the first to the last. ``progress`` is told blocks done, of all.

    Reads what is sealed and nothing else; sealing and writing may go on beside it.
    """
    with store.transaction() as conn:
        size = conn.execute(Q["size"]).fetchone()
        strays = conn.execute(Q["stray_parts"]).fetchall()
    assert size is not None
    found = Verified()
    found.faults += [
        Fault(row["block"], "chain", f"第 {row['block']} 块已不存在，仍留有其 {row['kind']} 部分")
        for row in strays
    ]
    spans = [
        (first, min(first + BLOCKS_AT_ONCE - 1, size["last"]))
        for first in range(1, size["last"] + 1, BLOCKS_AT_ONCE)
    ]
    before: Block | None = None
    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        for (first, last), (blocks, parts) in zip(
            spans, pool.map(lambda span: _read(store, *span), spans), strict=True
        ):
            before = _check_blocks(store, found, range(first, last + 1), blocks, parts, before)
            if progress:
                progress(last, size["last"])
    found.head = before.hash if before else BEGINNING
    return found


@dataclass(frozen=True, slots=True)
class _PartNow:
    """A part computed anew; ``same`` when it is what was written down, keys and marks included."""

    part: Part | None
    same: bool


_Parts = Mapping[int, Mapping[str, _PartNow]]


def _read(store: Store, first: int, last: int) -> tuple[dict[int, Block], _Parts]:
    parts: dict[int, dict[str, _PartNow]] = {number: {} for number in range(first, last + 1)}
    with store.transaction() as conn:
        blocks = {
            row["number"]: Block.of(row)
            for row in conn.execute(Q["blocks"], {"first": first, "last": last})
        }
        for kind in KINDS:
            span = {"first": first, "last": last, "kind": kind}
            for row in conn.execute(statement("parts_again", kind), span):
                part = Part(kind, row["rows"], bytes(row["hash"])) if row["rows"] else None
                parts[row["block"]][kind] = _PartNow(part, row["same"])
    return blocks, parts


def _check_blocks(
    store: Store,
    found: Verified,
    numbers: range,
    blocks: Mapping[int, Block],
    parts: _Parts,
    before: Block | None,
) -> Block | None:
    for number in numbers:
        block = blocks.get(number)
        if block is None:
            found.faults.append(Fault(number, "chain", f"第 {number} 块已不存在"))
            continue
        found.blocks += 1
        found.rows += block.rows
        wrong = [kind for kind in KINDS if not parts[number][kind].same]
        with store.transaction() as conn:
            for kind in wrong:
                found.faults += _name_rows(conn, number, kind)
        found.faults += _check_head(block, before, parts[number], rows_wrong=bool(wrong))
        before = block
    return before


def _check_head(
    block: Block, before: Block | None, parts: Mapping[str, _PartNow], *, rows_wrong: bool
) -> Iterator[Fault]:
    """Whether the head follows from the rows and from the block before."""
    low, previous = (before.high, before.hash) if before else (0, BEGINNING)
    if (block.low, block.previous) != (low, previous):
        yield Fault(block.number, "chain", f"第 {block.number} 块不接续第 {block.number - 1} 块")
    if rows_wrong:
        return  # the rows are named already, and the head cannot fit them
    now = [one.part for one in parts.values() if one.part is not None]
    text = block_text(block.number, block.sealed_at, block.low, block.high, block.previous, now)
    if block_hash(text) != block.hash or sum(part.rows for part in now) != block.rows:
        yield Fault(block.number, "chain", f"第 {block.number} 块的块头被改动")


def _name_rows(conn: Conn, number: int, kind: str) -> Iterator[Fault]:
    """The rows of a part that were changed, removed or added."""
    stored = conn.execute(Q["stored_marks"], {"block": number, "kind": kind}).fetchone()
    marks = _marks(stored) if stored else {}
    rows = conn.execute(statement("marks_now", kind), {"block": number}).fetchall()
    now = {int(row["key"]): bytes(row["mark"]) for row in rows}
    named = False
    for key in sorted(marks.keys() | now.keys()):
        if marks.get(key) == now.get(key):
            continue
        named = True
        what = "missing" if key not in now else "added" if key not in marks else "changed"
        text = f"{_TEXTS[what]}：{kind} 第 {key} 行{_whose(conn, kind, key)}"
        yield Fault(number, what, text, kind, key)
    if not named:
        yield Fault(number, "chain", f"第 {number} 块关于 {kind} 的登记被改动，数据行本身未变")


_TEXTS = {"missing": "已被删除", "added": "封存后插入", "changed": "封存后改动"}


def _marks(stored: Mapping[str, Any]) -> dict[int, bytes]:
    marks = bytes(stored["marks"])
    return {int(key): marks[n * 8 : n * 8 + 8] for n, key in enumerate(stored["keys"])}


def _whose(conn: Conn, kind: str, key: int) -> str:
    """The version that a row belongs to, if it does and it is still there."""
    row = conn.execute(Q["version_of_row"], {"kind": kind, "key": key}).fetchone()
    if row is None:
        return ""
    return f"（{row['body']} {row['table_code']} {row['record_key']} 第{row['revision']}版）"
