"""What a body remembers across restarts: rows to send, rows on their way, records it broke.

One SQLite file per body. Before anything leaves, the batch is written here with everything that
goes into it, so that after ``kill -9`` the same batch can be looked for at the other end and, if it
is not there, sent again unchanged.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

Record = dict[str, str | None]

_TABLES = """
create table if not exists queue (
    id integer primary key, feed text not null, due real not null, steps text not null
);
create index if not exists queue_due on queue (feed, due, id);
create table if not exists batch (
    id integer primary key autoincrement, feed text not null, at text not null, hold real not null,
    steps text not null
);
create table if not exists record (
    feed text not null, table_code text not null, local_key text not null,
    good text not null, sent text not null, fault text,
    primary key (feed, table_code, local_key)
);
create index if not exists record_broken on record (feed, table_code) where fault is not null;
create table if not exists done (what text not null, name text not null, primary key (what, name));
create table if not exists fact (name text primary key, value text not null);
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One change of one row: ``record`` is written; ``before`` is the row changed or removed.

    ``local_key`` names the record in this journal, whatever a mistake does to the row's own.
    """

    op: Literal["insert", "update", "delete"]
    table: str
    local_key: str
    record: Record
    before: Record | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Steps that leave together, as they wait in the queue; ``ordinary`` ones have no date."""

    id: int
    ordinary: bool
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """What leaves together. ``at`` is the change time all its rows carry, by the body's clock."""

    id: int
    feed: str
    at: str
    hold: float
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """A record of the body: its right content, what was sent last, the mistake in it if any."""

    feed: str
    table: str
    local_key: str
    good: Record
    sent: Record
    fault: str | None


class Journal:
    """The memory of one body; used by the one thread that lives the body."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = normal")
        self._db.executescript(_TABLES)

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    # -- what is to be sent

    def plan(self, feed: str, due: float, groups: Iterable[Sequence[Step]]) -> None:
        """Puts groups of steps into the queue: each group leaves whole, in this order."""
        self._db.execute("begin")
        self._db.executemany(
            "insert into queue (feed, due, steps) values (?, ?, ?)",
            [(feed, due, _dump(group)) for group in groups],
        )
        self._db.execute("commit")

    def plan_correction(self, known: Known, due: float, steps: Sequence[Step]) -> None:
        """Queues what puts a record right; from now on it counts as mended."""
        self._db.execute("begin")
        self._db.execute(
            "insert into queue (feed, due, steps) values (?, ?, ?)", [known.feed, due, _dump(steps)]
        )
        self._db.execute(
            "update record set fault = null where feed = ? and table_code = ? and local_key = ?",
            [known.feed, known.table, known.local_key],
        )
        self._db.execute("commit")

    def queued(self, feed: str) -> int:
        """How many groups of the ordinary flow (due 0) still wait."""
        return int(
            self._db.execute(
                "select count(*) from queue where feed = ? and due = 0", [feed]
            ).fetchone()[0]
        )

    def next(self, feed: str, now: float, ordinary: int) -> list[Group]:
        """Groups that may leave now: all that became due, and so many of the ordinary flow."""
        found = self._db.execute(
            "select id, due, steps from queue where feed = ? and due > 0 and due <= ? order by id",
            [feed, now],
        ).fetchall()
        found += self._db.execute(
            "select id, due, steps from queue where feed = ? and due = 0 order by id limit ?",
            [feed, ordinary],
        ).fetchall()
        return [Group(number, due == 0, _load(text)) for number, due, text in found]

    # -- what is on its way

    def depart(self, batch: Batch, groups: Iterable[Group], known: Iterable[Known]) -> Batch:
        """Turns groups of the queue into a batch on its way, and remembers its records."""
        self._db.execute("begin")
        self._db.executemany("delete from queue where id = ?", [(group.id,) for group in groups])
        number = self._db.execute(
            "insert into batch (feed, at, hold, steps) values (?, ?, ?, ?)",
            [batch.feed, batch.at, batch.hold, _dump(batch.steps)],
        ).lastrowid
        self._db.executemany(
            "insert or replace into record values (?, ?, ?, ?, ?, ?)",
            [
                (it.feed, it.table, it.local_key, _text(it.good), _text(it.sent), it.fault)
                for it in known
            ],
        )
        self._db.execute("commit")
        assert number is not None
        return Batch(number, batch.feed, batch.at, batch.hold, batch.steps)

    def arrived(self, batch: Batch) -> None:
        """The batch is at the other end (or can never be taken there)."""
        self._db.execute("delete from batch where id = ?", [batch.id])

    def on_their_way(self, feed: str) -> list[Batch]:
        """Batches that left and are not known to have arrived, oldest first."""
        rows = self._db.execute(
            "select id, feed, at, hold, steps from batch where feed = ? order by id", [feed]
        )
        return [Batch(a, b, c, d, _load(e)) for a, b, c, d, e in rows.fetchall()]

    # -- records

    def record(self, feed: str, table: str, local_key: str) -> Known | None:
        """What is remembered of a record."""
        return next(
            self._known("feed = ? and table_code = ? and local_key = ?", feed, table, local_key),
            None,
        )

    def broken(self, feed: str, table: str) -> list[Known]:
        """The records of a table that carry a mistake."""
        return list(self._known("feed = ? and table_code = ? and fault is not null", feed, table))

    def some(self, feed: str, tables: Sequence[str], count: int) -> list[Known]:
        """Some records without a mistake, at random."""
        marks = ", ".join("?" * len(tables))
        where = f"feed = ? and table_code in ({marks}) and fault is null"
        return list(self._known(f"{where} order by random() limit {int(count)}", feed, *tables))

    def forget(self, known: Known) -> None:
        """The record is gone from the body's side."""
        self._db.execute(
            "delete from record where feed = ? and table_code = ? and local_key = ?",
            [known.feed, known.table, known.local_key],
        )

    def count_broken(self) -> int:
        """How many records carry a mistake."""
        return int(
            self._db.execute("select count(*) from record where fault is not null").fetchone()[0]
        )

    # -- small things

    def done(self, what: str, name: str) -> bool:
        """Whether a thing that happens once (a notice, an order) has been dealt with."""
        found = self._db.execute("select 1 from done where what = ? and name = ?", [what, name])
        return found.fetchone() is not None

    def set_done(self, what: str, name: str) -> None:
        """The thing has been dealt with."""
        self._db.execute("insert or ignore into done values (?, ?)", [what, name])

    def fact(self, name: str, default: str) -> str:
        """A remembered text."""
        found = self._db.execute("select value from fact where name = ?", [name]).fetchone()
        return str(found[0]) if found else default

    def set_fact(self, name: str, value: str) -> None:
        """Remembers a text."""
        self._db.execute("insert or replace into fact values (?, ?)", [name, value])

    def _known(self, where: str, *values: str) -> Any:
        rows = self._db.execute(
            f"select feed, table_code, local_key, good, sent, fault from record where {where}",
            values,
        ).fetchall()
        return (Known(a, b, c, json.loads(d), json.loads(e), f) for a, b, c, d, e, f in rows)


def _text(record: Record) -> str:
    return json.dumps(record, ensure_ascii=False)


def _dump(steps: Sequence[Step]) -> str:
    return json.dumps([asdict(step) for step in steps], ensure_ascii=False)


def _load(text: str) -> tuple[Step, ...]:
    return tuple(Step(**entry) for entry in json.loads(text))
