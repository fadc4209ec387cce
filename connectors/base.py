"""What every connector promises: sources give pages of text rows, targets take rows exactly once.

A landed row is text as the source stored it, ``None`` for NULL or an empty cell. Errors are sorted
by what the caller has to do next, not by where they arose.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from schemas import Table

Mark = dict[str, Any]
SendOutcome = Literal["sent", "already", "retry", "refused", "unknown"]

TECHNICAL_COLUMNS = frozenset({"LSH", "SJSCZT", "SBYY", "SCSJ", "GXSJ"})
"""Columns about the transport of a row; they are never part of its content."""


class ConnectorError(Exception):
    """Root of all that can go wrong in talking to others; raise one of the three kinds below.

    ``body``, ``table`` and ``row`` name what was hit, as far as it is known; they are also part of
    the message. The message never carries a password or a personal number.
    """

    def __init__(
        self,
        message: str,
        *,
        body: str | None = None,
        table: str | None = None,
        row: str | None = None,
    ) -> None:
        """Put the names of what was hit in front of ``message``."""
        names = [name for name in (body, table, row) if name]
        super().__init__(f"{' '.join(names)}: {message}" if names else message)
        self.body = body
        self.table = table
        self.row = row


class TryLaterError(ConnectorError):
    """The other side cannot be reached or is busy: nothing was taken or written, try again.

    ``wait_seconds`` is how long the other side asked us to wait, if it did.
    """

    wait_seconds: float | None = None


class RefusedError(ConnectorError):
    """What came cannot be taken as it is: the sender must mend it; other tables are unharmed."""


class StopError(ConnectorError):
    """Only a person can go on: wrong configuration, rights or contract. Do not retry."""


class AccountCanWriteError(StopError):
    """The account we were given could change the source's data; only read rights are accepted."""


@dataclass(frozen=True, slots=True)
class Defect:
    """What reading a cell or row lost or could not do; it becomes a finding, never a repair.

    ``code`` is one of: ragged_row, digits_lost, formula_cell, cell_too_long, nul_byte,
    lone_surrogate, error_cell, not_text. ``value`` is cut to 200 characters; ``message`` is
    Chinese, for the county.
    """

    code: str
    field: str | None
    value: str | None
    message: str


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row as the source gave it. ``changed_at`` (aware) is the source's own change time."""

    values: dict[str, str | None]
    changed_at: datetime | None
    where: str
    defects: tuple[Defect, ...] = ()


@dataclass(frozen=True, slots=True)
class Gone:
    """A row that the source says is not there any more: its key there, and its local key.

    ``where`` is what ``SourceRow.where`` was when it was there.
    """

    key: tuple[str, ...]
    where: str
    local_key: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows that are landed together with ``mark``, the position after them (JSON-able).

    ``source_clock`` is what the source's own clock showed when the page was read; ``gone`` are rows
    that were deleted there, as far as the source can tell. ``self_check`` is the code of a check
    that the body made itself, with whether it was of this content.
    """

    rows: tuple[SourceRow, ...]
    mark: Mark | None
    source_clock: datetime | None
    origin: str
    detail: str | None = None
    gone: tuple[Gone, ...] = ()
    self_check: tuple[str, bool] | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A row to write upstream: SJSCZT "0", LSH and SBYY empty.

    ``prior`` is how many rows with exactly this content we put there on purpose before; the row is
    written only if that many are there. ``tried`` says that an earlier attempt may have arrived.
    """

    delivery: int
    values: Mapping[str, str | None]
    prior: int
    lsh: str | None = None
    tried: bool = False


@dataclass(frozen=True, slots=True)
class SendResult:
    """What became of one row.

    ``sent``: written now. ``already``: it was there. ``retry``: surely not written, try again.
    ``refused``: this row can never be written as it is. ``unknown``: it may have been written;
    only ``ask`` can tell.
    """

    delivery: int
    outcome: SendOutcome
    lsh: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """How many rows with the same content are upstream, and their serial numbers, oldest first."""

    delivery: int
    count: int
    lshs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UpstreamVerdict:
    """What upstream says of a row: ``status`` is SJSCZT, None if the row is not there."""

    delivery: int
    status: int | None
    lsh: str | None
    reason: str | None


class Source(ABC):
    """Where a body's rows come from; one object serves one body and one standard, one thread."""

    @abstractmethod
    def check(self) -> list[str]:
        """Whether the source can be used as configured; the answers are warnings for people.

        Raises TryLaterError when it cannot be reached and AccountCanWriteError when the account
        has more than read rights.
        """

    @abstractmethod
    def pages(self, table: Table, mark: Mark | None, *, page_rows: int = 2000) -> Iterator[Page]:
        """What is new in ``table`` since ``mark`` (None: from the beginning), oldest first.

        Rows already seen may come again, rows are never left out: whoever lands them tells them
        apart by content. Each page's mark resumes exactly after that page. Raises RefusedError
        for a table that cannot be read as the standard says and TryLaterError when the connection
        is lost; pages given before stay valid.
        """

    def stirred(self, tables: Sequence[Table], marks: Mapping[str, Mark | None]) -> list[Table]:
        """Those of ``tables`` in which ``pages`` may find something; at a small price for all.

        ``marks`` are the tables' marks by code. Whoever asks this before each round of ``pages``
        leaves out nothing: a table that is not named has nothing new, or nothing that would not be
        named within a minute. A source that cannot tell names all.
        """
        del marks
        return list(tables)

    @abstractmethod
    def done(self, page: Page) -> None:
        """Told after ``page`` is durably landed."""

    def clock(self) -> datetime | None:
        """The source's own clock (aware), None if it has none."""
        return None

    @abstractmethod
    def close(self) -> None:
        """Give back connections and files."""


Holds = Callable[[], None]
"""Asks whether the caller still has the rows to himself; raises when not."""


def do_nothing() -> None:
    """For callers who are alone."""


class Target(ABC):
    """Where rows go upstream; one object serves one standard and one thread."""

    @abstractmethod
    def send(
        self, table: Table, rows: Sequence[Outgoing], *, holds: Holds = do_nothing
    ) -> list[SendResult]:
        """Write each row if exactly ``prior`` equal rows are there; one result per row, in order.

        A target that cannot look and write at once calls ``holds`` right before each write. It
        raises when the rows are not the caller's any more, because he was away for too long and
        others have taken his work over: then nothing more may be written, and it passes through.
        Raises TryLaterError only when nothing at all was sent.
        """

    @abstractmethod
    def ask(self, table: Table, rows: Sequence[Outgoing]) -> list[Found]:
        """How often each row's content is there; one answer per row, in order."""

    @abstractmethod
    def verdicts(self, table: Table, rows: Sequence[Outgoing]) -> list[UpstreamVerdict]:
        """What upstream says of each row; one answer per row, in order."""

    @abstractmethod
    def close(self) -> None:
        """Give back connections."""
