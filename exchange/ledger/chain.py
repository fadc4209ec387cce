"""The chain over the ledger: what a block is, and how its hash comes about.

A block seals every row that the transactions of a range wrote. Its hash is SHA-256 over its text::

    <number> <sealed at, microseconds since 1970> <low> <high> <rows>
    <hash of the block before, in hex>
    <kind> <rows> <hash of the rows of this kind, in hex>        one line for each kind, in order

The hash of a kind is SHA-256 over the SHA-256 hashes of its rows in the order of their keys.
SHA-256 and not SM3, because PostgreSQL computes it itself where the rows lie; for SM3 every row
would have to travel to a program first. What leaves the house is signed with SM2, and so hashed
with SM3.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from exchange.store.queries import load

Q = load("chain")
KINDS = tuple(sorted(name.removeprefix("kind_") for name in Q if name.startswith("kind_")))
"""The kinds of rows that are sealed, by the names of their statements in ``chain.sql``."""

BEGINNING = bytes(32)
"""What the first block has as the hash of the block before."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one kind in a block: how many, and the hash over their hashes."""

    kind: str
    rows: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Block:
    """The head of a block; it seals what the transactions ``low`` to below ``high`` wrote."""

    number: int
    sealed_at: datetime
    low: int
    high: int
    rows: int
    previous: bytes
    hash: bytes

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Block:
        """A block as the store has it."""
        return cls(
            row["number"], row["sealed_at"], row["low"], row["high"], row["rows"],
            bytes(row["previous"]), bytes(row["hash"]),
        )  # fmt: skip


def block_text(
    number: int, sealed_at: datetime, low: int, high: int, previous: bytes, parts: Iterable[Part]
) -> str:
    """The text over which a block's hash is computed."""
    ordered = sorted(parts, key=lambda part: part.kind)
    micros = (sealed_at - _EPOCH) // timedelta(microseconds=1)
    rows = sum(part.rows for part in ordered)
    lines = [f"{number} {micros} {low} {high} {rows}", previous.hex()]
    lines += [f"{part.kind} {part.rows} {part.hash.hex()}" for part in ordered]
    return "".join(f"{line}\n" for line in lines)


def block_hash(text: str) -> bytes:
    """The hash of a block with this text."""
    return hashlib.sha256(text.encode("ascii")).digest()


def statement(name: str, kind: str) -> bytes:
    """A statement of ``chain.sql`` over the rows of one kind."""
    return Q[name].replace(b"(rows_of_kind)", b"(" + Q[f"kind_{kind}"] + b")")


def anything() -> bytes:
    """The statement that asks whether there is a row of any kind; one look instead of many."""
    kinds = b" or ".join(b"exists (" + Q[f"kind_{kind}"] + b")" for kind in KINDS)
    return Q["anything"].replace(b"select any_row", b"select " + kinds)
