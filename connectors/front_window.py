"""Where a pull stands in a table, and which rows of the overlap have not been delivered yet.

A change time is not a safe cursor by itself: transactions commit late, clocks differ, many rows
share a second. So each pull looks back over an overlap. To keep that cheap, the mark remembers a
digest of every short span of time inside the overlap (row count and sum of row hashes); a span
whose digest is unchanged is not delivered again. Digests add up, so spans can be widened when they
become too many: the mark stays small whatever the county writes.

All times here are the source's wall time without a zone. Everything is pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

_SPANS_LIMIT = 300
_MODULUS = 1 << 64
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - wall time, see above
_SECOND = timedelta(seconds=1)

DAWN = datetime(1000, 1, 1)  # noqa: DTZ001 - wall time
"""Change times before this are none; MariaDB's zero date is one."""

LAST = datetime(9999, 12, 31)  # noqa: DTZ001 - wall time
"""Change times from this on are none; PostgreSQL's infinity lies after it."""


def row_hash(values: Iterable[str | None]) -> int:
    """A 64-bit hash of a row as text; NULL and empty text differ."""
    joined = "\x1f".join(["\x00" if value is None else value for value in values])
    digest = hashlib.blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big")


@dataclass(frozen=True, slots=True)
class Digest:
    """How many rows a span has and the sum of their hashes; the order of rows does not matter."""

    count: int = 0
    total: int = 0

    def __add__(self, other: Digest) -> Digest:
        return Digest(self.count + other.count, (self.total + other.total) % _MODULUS)

    @classmethod
    def of(cls, *hashes: int) -> Digest:
        """The digest of rows with these hashes."""
        return cls(len(hashes), sum(hashes) % _MODULUS)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of change time to read: from ``start`` (included) to ``end`` (not included).

    Both None: everything that has a change time. ``undated``: the rows that have none.
    """

    start: datetime | None = None
    end: datetime | None = None
    undated: bool = False


@dataclass(slots=True)
class Window:
    """The state of a pull; ``to_mark`` and ``from_mark`` turn it into JSON and back.

    ``position`` is the newest change time seen, never later than the source's clock; ``since`` is
    what that clock showed when the position last moved. ``open`` is the span that a page ended in.
    ``todo`` are the stretches still to read and ``after`` the last row read of the first of them.
    ``closed``: the overlap was looked through when nothing could arrive in it any more.
    """

    overlap: timedelta
    position: datetime | None = None
    since: datetime | None = None
    width: int = 1
    spans: dict[int, Digest] = field(default_factory=dict)
    open: int | None = None
    undated: str | None = None
    todo: list[Stretch] = field(default_factory=list)
    after: tuple[str, ...] | None = None
    closed: bool = False

    def span_of(self, moment: datetime) -> int:
        """The number of the span that a change time lies in."""
        return int((moment - _EPOCH) // _SECOND) // self.width

    def start_of(self, span: int) -> datetime:
        """When a span begins."""
        return _EPOCH + timedelta(seconds=span * self.width)

    @property
    def horizon(self) -> int | None:
        """The newest span known; what lies beyond it is new."""
        if self.position is None:
            return None
        return max([self.span_of(self.position), *self.spans])

    def look_back(self, depth: timedelta) -> datetime:
        """Where a look back of at most ``depth`` begins; a span is always looked at whole."""
        assert self.position is not None
        return self.start_of(self.span_of(self.position - min(depth, self.overlap)))

    def settled(self, looked_at: datetime | None) -> bool:
        """Whether nothing can still arrive in the overlap.

        True when the position has not moved for a whole overlap of the source's clock and the
        overlap was looked through after that, at ``looked_at`` or by an earlier process. Never
        while a row is stamped later than the clock: what is written until then lies before it.
        """
        if self.position is None or self.horizon != self.span_of(self.position):
            return False
        return self.closed or (
            looked_at is not None
            and self.since is not None
            and looked_at >= self.since + self.overlap
        )

    def at_rest(self, looked_at: datetime | None) -> bool:
        """Whether only a row beyond all that was seen can be new; also before the first row."""
        return self.position is None or self.settled(looked_at)

    @property
    def has_undated(self) -> bool:
        """Whether there were rows without a usable change time."""
        return (self.undated or "0").split(":")[0] != "0"

    def reach(self, depth: timedelta, looked_at: datetime | None) -> datetime:
        """From when on anything new would be stamped that a look of ``depth`` can find."""
        if self.horizon is None:
            return DAWN
        if self.settled(looked_at):
            return self.start_of(self.horizon + 1)
        return self.look_back(depth)

    def plan(self, found: dict[int, Digest], *, tail: bool) -> None:
        """Set what to read: the spans whose digest is new or changed, then what lies beyond."""
        assert self.horizon is not None
        self.after = None
        self.open = None
        changed = sorted(span for span, digest in found.items() if digest != self.spans.get(span))
        self.todo = []
        for span in changed:
            start, end = self.start_of(span), self.start_of(span + 1)
            if self.todo and self.todo[-1].end == start:
                self.todo[-1] = Stretch(self.todo[-1].start, end)
            else:
                self.todo.append(Stretch(start, end))
        if tail:
            self.todo.append(Stretch(self.start_of(self.horizon + 1), None))

    def take(self, moment: datetime | None, hashed: int, clock: datetime) -> None:
        """Count one delivered row in; rows come in the order of their change time."""
        if moment is None:
            return
        span = self.span_of(moment)
        if span != self.open:
            self.spans[span] = Digest()
            self.open = span
        self.spans[span] += Digest.of(hashed)
        position = min(moment, clock)
        if self.position is None or position > self.position:
            self.position, self.since, self.closed = position, clock, False

    def tidy(self) -> None:
        """Forget spans that no look back reaches and widen the rest when they are too many."""
        if self.position is None:
            return
        oldest = self.span_of(self.look_back(self.overlap))
        self.spans = {span: digest for span, digest in self.spans.items() if span >= oldest}
        while len(self.spans) > _SPANS_LIMIT:
            wider: dict[int, Digest] = {}
            for span, digest in self.spans.items():
                wider[span // 2] = wider.get(span // 2, Digest()) + digest
            self.spans = wider
            self.width *= 2
            self.open = None if self.open is None else self.open // 2

    def to_mark(self) -> dict[str, Any]:
        """The state as JSON can hold it."""
        return {
            "position": _text(self.position),
            "since": _text(self.since),
            "width": self.width,
            "open": self.open,
            "spans": {
                str(span): f"{digest.count}:{digest.total:x}" for span, digest in self.spans.items()
            },
            "undated": self.undated,
            "todo": [[_text(part.start), _text(part.end), part.undated] for part in self.todo],
            "after": None if self.after is None else list(self.after),
            "closed": self.closed,
        }

    @classmethod
    def from_mark(cls, mark: dict[str, Any] | None, overlap: timedelta) -> Window:
        """The state from a mark; None, or the mark of another way of telling, is the beginning."""
        if mark is None or "position" not in mark:
            return cls(overlap)
        return cls(
            overlap,
            position=_moment(mark["position"]),
            since=_moment(mark["since"]),
            width=mark["width"],
            spans={int(span): _digest(text) for span, text in mark["spans"].items()},
            open=mark["open"],
            undated=mark["undated"],
            todo=[
                Stretch(_moment(start), _moment(end), undated)
                for start, end, undated in mark["todo"]
            ],
            after=_after(mark["after"]),
            closed=mark.get("closed", False),
        )


def _digest(text: str) -> Digest:
    count, total = text.split(":")
    return Digest(int(count), int(total, 16))


def _after(values: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(" ")


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
