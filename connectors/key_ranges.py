"""What a source must answer so that its tables can be compared with what we hold, range by range.

A range is a stretch of rows in the order of the columns that tell rows apart, by the source's own
comparison. Its sum (how many rows, the digests of all their columns added up) tells whether
anything in it differs; then the keys with their digests tell which rows, and only those are read
whole.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors.base import SourceRow
from schemas import Table

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeyRange:
    """The rows after the key ``after`` up to the key ``upto``, that one included; None: no end."""

    after: Key | None = None
    upto: Key | None = None


@dataclass(frozen=True, slots=True)
class RangeSum:
    """How many rows a range has and the sum of their digests; the order of rows is no matter."""

    rows: int = 0
    digest: int = 0


@dataclass(frozen=True, slots=True)
class KeyDigest:
    """One row: its key and the digest of all its columns, 60 bits, made by the source."""

    key: Key
    digest: int


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One row whole, with the digest that it had in the same moment."""

    key: Key
    digest: int
    row: SourceRow


class RangeSource(ABC):
    """A source whose tables can be compared; its errors are those of ``Source.pages``."""

    @abstractmethod
    def sums(self, table: Table, parts: Sequence[KeyRange]) -> list[RangeSum]:
        """The sum of each range, in order."""

    @abstractmethod
    def keys(self, table: Table, part: KeyRange, *, limit: int) -> list[KeyDigest]:
        """The first ``limit`` rows of a range by key and digest, in the order of the keys."""

    @abstractmethod
    def rows(self, table: Table, keys: Sequence[Key]) -> list[ComparedRow]:
        """Those of the rows with these keys that are there, whole; at most some hundred keys."""

    @abstractmethod
    def given_before(self, clock: datetime) -> datetime:
        """Rows last changed before this time must have come out of ``pages``.

        ``clock`` is what the source's clock showed when ``pages`` was last read to its end.
        """
