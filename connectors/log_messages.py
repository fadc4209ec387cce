"""The messages of PostgreSQL's own output plugin (pgoutput, protocol 1), as far as keys need them.

A transaction comes as begin, changes, commit; a table's columns come before its first change.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

Row = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class LoggedChange:
    """One row that changed: its table's name, its columns after, and before where they are told.

    ``after`` is None for a deleted row; ``before`` has what the table's replica identity tells.
    """

    table: str
    before: Row | None
    after: Row | None


@dataclass(slots=True)
class LogReader:
    """Reads messages one after the other; remembers the tables that were described."""

    _tables: dict[int, tuple[str, list[str]]] = field(default_factory=dict)

    def read(self, message: bytes) -> LoggedChange | None:
        """The change in a message; None for messages that are none (begin, commit, truncate)."""
        match message[:1]:
            case b"R":
                self._describe(message)
                return None
            case b"I" | b"U" | b"D":
                return self._change(message)
            case _:
                return None

    def _describe(self, message: bytes) -> None:
        (number,) = struct.unpack_from(">I", message, 1)
        _, at = _text(message, 5)
        name, at = _text(message, at)
        (count,) = struct.unpack_from(">H", message, at + 1)
        at += 3
        columns = []
        for _ in range(count):
            column, at = _text(message, at + 1)
            columns.append(column)
            at += 8
        self._tables[number] = (name, columns)

    def _change(self, message: bytes) -> LoggedChange:
        (number,) = struct.unpack_from(">I", message, 1)
        name, columns = self._tables[number]
        before: Row | None = None
        after: Row | None = None
        at = 5
        while at < len(message):
            kind = message[at : at + 1]
            row, at = _row(message, at + 1, columns)
            if kind == b"N":
                after = row
            else:
                before = row
        return LoggedChange(name, before, after)


def end_of_commit(message: bytes) -> int:
    """Where in the log a transaction ends, from its commit message."""
    _, ends = struct.unpack_from(">QQ", message, 2)
    return int(ends)


def _text(message: bytes, at: int) -> tuple[str, int]:
    end = message.index(b"\0", at)
    return message[at:end].decode(), end + 1


def _row(message: bytes, at: int, columns: list[str]) -> tuple[Row, int]:
    """A row as text; columns that were not told (unchanged large values) are left out."""
    (count,) = struct.unpack_from(">H", message, at)
    cells, at = list(_cells(message, at + 2, count)), at + 2
    row: Row = {}
    for column, (kind, value, end) in zip(columns, cells, strict=True):
        at = end
        if kind != b"u":
            row[column] = value
    return row, at


def _cells(message: bytes, at: int, count: int) -> Iterator[tuple[bytes, str | None, int]]:
    for _ in range(count):
        kind = message[at : at + 1]
        at += 1
        value = None
        if kind == b"t":
            (length,) = struct.unpack_from(">I", message, at)
            value = message[at + 4 : at + 4 + length].decode("utf-8", "replace")
            at += 4 + length
        yield kind, value, at
