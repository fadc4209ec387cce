"""What the readers of single file formats give: a header, rows of text, and what was lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


class UnreadableError(Exception):
    """The file cannot be read as a table; the message is Chinese and says what to change."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something lost in one cell: its place in the row, a defect code, what is there, and why."""

    column: int
    code: str
    value: str
    message: str


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row with its number as a person sees it in the file (the header is a row too)."""

    number: int
    cells: Sequence[str | None]
    faults: Sequence[Fault] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """A file whose structure is sound; ``rows`` are those after the header."""

    header: Sequence[str | None]
    rows: Iterator[FileRow]
    encoding: str | None
