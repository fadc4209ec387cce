"""A front database that tells itself which rows changed, by a queue or by its own log.

``ChangeFeed`` gives the keys of changed rows; the rows are then read as they are now. A change is
settled only after what was read is durably landed, so being killed in between only reads it again.
The first time a table is read, it is read whole; from then on only what the feed names.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from connectors.base import Gone, Mark, Page, RefusedError
from connectors.front_database import FrontDatabase
from connectors.front_layout import place_of
from connectors.key_ranges import Key
from schemas import Table

_KEYS_READ_AT_ONCE = 500
_LINES_DROPPED_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Change:
    """One row that changed or went away, by its key and, where it is told, its local key."""

    key: Key
    local_key: str | None = None


class ChangeFeed(ABC):
    """Where the keys come from; one object serves one body and one standard, one thread."""

    @abstractmethod
    def check(self) -> list[str]:
        """Whether the feed is set up and ours to claim from; warnings for people.

        Raises StopError or RefusedError when it cannot be used at all.
        """

    @abstractmethod
    def waiting(self, tables: Sequence[Table]) -> set[str]:
        """The codes of those tables for which changes are waiting."""

    @abstractmethod
    def claim(self, table: Table, limit: int) -> list[Change]:
        """At most ``limit`` changes of a table that nobody else holds; what was held is let go."""

    @abstractmethod
    def settle(self) -> None:
        """The changes claimed last are landed: never give them again."""

    @abstractmethod
    def close(self) -> None:
        """Let go what is claimed and give back connections."""

    def begin(self, table: Table) -> Mark:
        """What is told by now is committed: the reading of the whole table will see it.

        Returns what the table's marks have to keep of the feed from then on.
        """
        while self.claim(table, _LINES_DROPPED_AT_ONCE):
            self.settle()
        return {}

    def resume(self, table: Table, mark: Mark) -> str | None:
        """Told where the table's mark is; why the feed cannot go on from there, if it cannot.

        Then the table has to be read whole again.
        """
        del table, mark
        return None

    def here(self, table: Table) -> Mark:
        """What the mark after the changes claimed last has to keep of the feed."""
        del table
        return {}

    def is_behind(self, table: Table) -> bool:
        """Whether the table's mark should be moved though nothing has changed."""
        del table
        return False


class FedDatabase(FrontDatabase):
    """A front database whose changes are told by a feed; the tables are read by SELECT alone."""

    def __init__(self, feed: ChangeFeed, *args: Any, **options: Any) -> None:
        """``feed`` is this object's own from now on; the rest is that of ``FrontDatabase``."""
        super().__init__(*args, **options)
        self._feed = feed
        self._unsettled: Page | None = None
        self._told: str | None = None

    def check(self) -> list[str]:
        """The tables as ever, and the feed."""
        return [*super().check(), *self._feed.check()]

    def stirred(self, tables: Sequence[Table], marks: Mapping[str, Mark | None]) -> list[Table]:
        """Tables never read to their end, and those that the feed names."""
        for table in tables:
            if mark := marks.get(table.code):
                self._feed.resume(table, mark)
        named = self._feed.waiting(tables)
        return [
            table
            for table in tables
            if table.code in named or not (marks.get(table.code) or {}).get("fed")
        ]

    def pages(self, table: Table, mark: Mark | None, *, page_rows: int = 2000) -> Iterator[Page]:
        """All rows the first time, then those that changed; see ``Source.pages``.

        When the feed cannot go on, all rows again, and then RefusedError says why: once, by the
        first table that was read again, though every table is.
        """
        lost = self._feed.resume(table, mark) if mark else None
        if mark and not lost:
            self._told = None
        if not mark or lost:
            mark = self._feed.begin(table)
        kept = {name: mark[name] for name in mark if name not in {"fed", "window"}}
        if not mark.get("fed"):
            for page in super().pages(table, mark.get("window"), page_rows=page_rows):
                yield replace(page, mark={"fed": False, "window": page.mark, **kept})
            yield Page((), {"fed": True, **kept}, None, "changes")
        yield from self._changed(table, page_rows)
        if lost and lost != self._told:
            self._told = lost
            raise RefusedError(lost, body=self._body, table=table.code)

    def done(self, page: Page) -> None:
        """The changes behind this page are settled."""
        if page is self._unsettled:
            self._unsettled = None
            self._feed.settle()

    def close(self) -> None:
        """Closes the connections; what is claimed and not settled comes again."""
        self._feed.close()
        super().close()

    def _changed(self, table: Table, page_rows: int) -> Iterator[Page]:
        while changes := self._feed.claim(table, page_rows):
            clock = self.clock()
            wanted = list(dict.fromkeys(change.key for change in changes))
            rows = [
                row
                for start in range(0, len(wanted), _KEYS_READ_AT_ONCE)
                for row in self.rows(table, wanted[start : start + _KEYS_READ_AT_ONCE])
            ]
            there = {row.key for row in rows}
            gone = {change.key: change for change in changes if change.key not in there}
            layout = self.layout(table) if gone else None
            self._unsettled = Page(
                rows=tuple(one.row for one in sorted(rows, key=lambda one: wanted.index(one.key))),
                mark={"fed": True, **self._feed.here(table)},
                source_clock=clock,
                origin="changes",
                gone=tuple(
                    Gone(one.key, place_of(layout, one.key, one.local_key), one.local_key)
                    for one in gone.values()
                    if layout is not None
                ),
            )
            yield self._unsettled
            if len(changes) < page_rows:
                return
        if self._feed.is_behind(table):
            yield Page((), {"fed": True, **self._feed.here(table)}, None, "changes")
