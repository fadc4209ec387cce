"""Source: a body's front database (前置库) with the standard's tables, read over SQLAlchemy.

Feed options: ``cursor`` (column with the time of a row's last change, required), ``overlap``
(seconds looked back, default 900: longer than the longest transaction plus the clocks' skew),
``unique`` (columns that tell rows of one second apart, default the primary key), ``schema``,
``zone`` (offset of the wall time in the database, default +08:00), ``statement_seconds``,
``changes`` (how changes are told: ``window``, the default, as below; ``queue``: by a queue that
triggers fill, see ``connectors.change_queue``; ``slot``: by PostgreSQL's log, see
``connectors.log_slot``, with ``slot`` and ``publication``, both ``spgl`` by default; ``binlog``:
by MariaDB's or MySQL's log, see ``connectors.log_binlog``),
``changes_connection`` (the stored connection for that).

How a pull goes: look through the overlap and compare digests (``connectors.front_window``), read
what is new or changed and all that lies beyond, each page with the mark after it. Of the overlap
the last half minute is looked at every time, the whole of it every tenth of its length. Rows
without a usable change time (NULL, 0000-00-00) are read when their number or greatest key changes.
Nothing is written and nothing is typed: each column comes as the text that the database makes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from connectors.account_rights import refuse_writer
from connectors.base import (
    Mark,
    Page,
    RefusedError,
    Source,
    SourceRow,
)
from connectors.cells import keep_row
from connectors.connections import Connections
from connectors.county import Body, BodyFileError, Feed
from connectors.database_products import PRODUCTS, Session, open_engine
from connectors.deadline import deadline
from connectors.front_blueprints import Blueprint, blueprint
from connectors.front_failures import reading_failed
from connectors.front_layout import (
    LOCAL_KEY,
    Layout,
    place_of,
)
from connectors.front_probe import Probe
from connectors.front_ranges import RangeReader
from connectors.front_reading import RawRow, TableReader
from connectors.front_window import Stretch, Window
from connectors.key_ranges import (
    ComparedRow,
    Key,
    KeyDigest,
    KeyRange,
    RangeSource,
    RangeSum,
)
from schemas import Standard, Table

CHANGES = ("window", "queue", "slot", "binlog")
"""How a body's changes can be told."""

_OPTIONS = {
    "cursor", "overlap", "unique", "schema", "zone", "statement_seconds", "changes",
    "changes_connection", "slot", "publication",
}  # fmt: skip
_PAGES_A_STATEMENT = 10
_HOT = timedelta(seconds=30)


def open_source(
    body: Body, feed: Feed, standard: Standard, connections: Connections
) -> FrontDatabase:
    """The front database of one feed; raises StopError when file or connection are wrong."""
    unknown = sorted(feed.options.keys() - _OPTIONS)
    if unknown or not isinstance(feed.options.get("cursor"), str):
        key = unknown[0] if unknown else "cursor"
        raise BodyFileError(
            f'{body.code}.toml: feeds."{feed.standard}".{key}: a front_database needs cursor and '
            f"knows {', '.join(sorted(_OPTIONS))}"
        )
    options = dict(feed.options)
    changes = options.pop("changes", "window")
    name = options.pop("changes_connection", None)
    if changes not in CHANGES or (name is None) != (changes == "window"):
        raise BodyFileError(
            f'{body.code}.toml: feeds."{feed.standard}".changes: one of {", ".join(CHANGES)}, and '
            "changes_connection with all but window"
        )
    address, tables = connections.url(feed.connection), feed.tables_of(standard)
    if changes == "window":
        return FrontDatabase(body.code, address, tables, **options)
    # It knows this module: fetched only when a body asks for it.
    from connectors.change_ways import told_by

    return told_by(changes, (address, connections.url(name)), body, tables, options)


class FrontDatabase(Source, RangeSource):
    """One front database with the tables of one standard."""

    def __init__(
        self,
        body: str,
        url: str,
        tables: tuple[Table, ...],
        *,
        cursor: str,
        overlap: float = 900,
        unique: list[str] | None = None,
        schema: str | None = None,
        zone: str = "+08:00",
        statement_seconds: int = 60,
    ) -> None:
        """Nothing is contacted yet; ``url`` is a stored connection's."""
        self._body = body
        self._tables = tables
        self._cursor = cursor
        self._overlap = timedelta(seconds=overlap)
        self._unique = unique
        self._schema = schema
        self._zone = datetime.strptime(zone, "%z").tzinfo
        self._seconds = statement_seconds
        session = Session(read_only=True, statement_seconds=statement_seconds, zone=zone)
        self._engine = open_engine(url, session)
        self._product = PRODUCTS[self._engine.dialect.name]
        self._blueprint: Blueprint | None = None
        self._readers: dict[str, TableReader] = {}
        self._looked: dict[str, datetime] = {}
        self._probe = Probe(self._product, schema, statement_seconds)

    def check(self) -> list[str]:
        """Warnings on tables, columns and rights; see ``Source.check`` for what is raised."""
        self._blueprint = None
        self._readers.clear()
        warnings: list[str] = []
        with self._connected(None) as connection:
            present = self._built(connection).present
            for table in self._tables:
                try:
                    layout = self._reader(connection, table).layout
                except RefusedError as error:
                    warnings.append(str(error))
                    continue
                if layout.extra:
                    warnings.append(_extra_columns(self._body, table, layout))
            names = [there.name for there in present.values()]
            if names:
                warnings += refuse_writer(connection, self._body, names, self._schema)
        return warnings

    def clock(self) -> datetime:
        """The database's own clock."""
        with self._connected(None) as connection:
            return self._aware(self._clock(connection))

    def pages(self, table: Table, mark: Mark | None, *, page_rows: int = 2000) -> Iterator[Page]:
        """What is new since ``mark``; see the head of this module and ``Source.pages``."""
        window = Window.from_mark(mark, self._overlap)
        with self._connected(table) as connection:
            reader = self._reader(connection, table)
            clock = self._clock(connection)
            # A mark from the middle of a pull: finish that first.
            yield from self._deliver(connection, table, reader, window, clock, page_rows)
            fully = self._plan(connection, table, reader, window, clock)
            yield from self._deliver(connection, table, reader, window, clock, page_rows)
            # Only now: a look whose findings were not all taken does not count.
            if fully:
                self._looked[table.code] = clock
                if window.settled(clock) and not window.closed:
                    window.closed = True
                    yield Page((), window.to_mark(), self._aware(clock), "front_database")
            self._probe.was_read(table.code)

    def stirred(self, tables: Sequence[Table], marks: Mapping[str, Mark | None]) -> list[Table]:
        """By one statement over all tables; see ``connectors.front_probe``."""
        if not self._probe.possible:
            return list(tables)
        try:
            with self._connected(None) as connection:
                return self._stirred(connection, tables, marks)
        except RefusedError:
            # A table has changed its shape: reading each says which.
            self._readers.clear()
            self._probe.forget()
            return list(tables)

    def _stirred(
        self, connection: Connection, tables: Sequence[Table], marks: Mapping[str, Mark | None]
    ) -> list[Table]:
        clock = self._clock(connection)
        certain: set[str] = set()
        resting: set[str] = set()
        starts: dict[str, datetime] = {}
        readers: dict[str, TableReader] = {}
        for table in tables:
            window = Window.from_mark(marks.get(table.code), self._overlap)
            looked = self._looked.get(table.code)
            at_rest = window.at_rest(looked)
            silent = at_rest and not window.has_undated
            if window.todo or (self._is_due(looked, clock) and not silent):
                certain.add(table.code)
            try:
                readers[table.code] = self._reader(connection, table)
            except RefusedError:
                certain.add(table.code)
                continue
            starts[table.code] = window.reach(_HOT, looked)
            if at_rest:
                resting.add(table.code)
        layouts = {code: reader.layout for code, reader in readers.items()}
        changed = certain | self._probe.changed(connection, layouts, starts, clock, resting)
        due = {c for c in readers if c not in changed and self._is_due(self._looked.get(c), clock)}
        if due:  # they are at rest: what can be new without a change time is asked of all at once
            changed |= self._probe.undated(connection, {code: readers[code] for code in due})
            self._looked |= dict.fromkeys(due - changed, clock)
        return [table for table in tables if table.code in changed]

    def _is_due(self, looked: datetime | None, clock: datetime) -> bool:
        """Whether the whole overlap is to be looked through again."""
        return looked is None or clock - looked >= self._overlap / 10 or clock < looked

    def sums(self, table: Table, parts: Sequence[KeyRange]) -> list[RangeSum]:
        """By the database's own digests where it has such; see ``connectors.front_ranges``."""
        with self._connected(table) as connection:
            ranges = self._ranges(connection, table)
            return [ranges.sum(connection, part) for part in parts]

    def keys(self, table: Table, part: KeyRange, *, limit: int) -> list[KeyDigest]:
        """In the order of the unique columns."""
        with self._connected(table) as connection:
            return self._ranges(connection, table).keys(connection, part, limit)

    def rows(self, table: Table, keys: Sequence[Key]) -> list[ComparedRow]:
        """Read whole, as a pull reads them."""
        with self._connected(table) as connection:
            reader = self._reader(connection, table)
            found = self._ranges(connection, table).rows(connection, keys)
            return [
                ComparedRow(row.key[2:], digest, self._row(reader, row)) for row, digest in found
            ]

    def given_before(self, clock: datetime) -> datetime:
        """The overlap is looked through whole every tenth of its length."""
        return clock - self._overlap * 1.1 - _HOT

    def done(self, page: Page) -> None:
        """Nothing to do: the body's database is only read."""

    def close(self) -> None:
        """Closes the connections."""
        self._engine.dispose()

    def _plan(
        self,
        connection: Connection,
        table: Table,
        reader: TableReader,
        window: Window,
        clock: datetime,
    ) -> bool:
        """Set what to read; the answer says whether the whole overlap was looked through."""
        looked = self._looked.get(table.code)
        fully = self._is_due(looked, clock)
        undated = reader.undated(connection) if fully else window.undated
        if window.position is None:
            window.todo = [Stretch()]
        elif window.settled(looked):
            window.plan({}, tail=True)
        else:
            start = window.look_back(self._overlap if fully else _HOT)
            found, tail = reader.look(connection, window, start)
            window.plan(found, tail=tail)
        nothing = str(undated).startswith("0:") and not window.has_undated
        if undated != window.undated and not nothing:
            window.undated = undated
            window.todo.append(Stretch(undated=True))
        return fully

    def _deliver(
        self,
        connection: Connection,
        table: Table,
        reader: TableReader,
        window: Window,
        clock: datetime,
        page_rows: int,
    ) -> Iterator[Page]:
        """All rows of what the window has to do; each page carries the mark after it."""
        limit = page_rows * _PAGES_A_STATEMENT
        while window.todo:
            stretch, begun = window.todo[0], window.after
            count = 0
            pages = reader.read(connection, stretch, begun, page_rows=page_rows, limit=limit)
            for rows in pages:
                count += len(rows)
                for row in rows:
                    window.take(row.moment, row.hashed, clock)
                window.after = rows[-1].key
                window.tidy()
                if len(rows) < page_rows and count < limit:
                    window.todo.pop(0)
                    window.after = None
                yield Page(
                    rows=tuple(self._row(reader, row) for row in rows),
                    mark=window.to_mark(),
                    source_clock=self._aware(clock),
                    origin="front_database",
                )
            self._end(connection)
            if count < limit:
                if window.todo and window.todo[0] is stretch:
                    window.todo.pop(0)
                window.after = None
            elif window.after == begun:
                raise RefusedError(
                    f"读到 {window.after} 后不能前进，请检查主键是否唯一",
                    body=self._body,
                    table=table.code,
                )

    def _row(self, reader: TableReader, row: RawRow) -> SourceRow:
        values, defects = keep_row(dict(zip(reader.codes, row.cells, strict=True)))
        where = place_of(reader.layout, row.key[2:], values.get(LOCAL_KEY))
        changed_at = None if row.moment is None else self._aware(row.moment)
        return SourceRow(values, changed_at, where, defects)

    def _reader(self, connection: Connection, table: Table) -> TableReader:
        """The reader of a table; the layout is looked at again after every complaint."""
        if table.code not in self._readers:
            try:
                self._readers[table.code] = self._built(connection).reader(
                    self._body, table, self._product, cursor=self._cursor, unique=self._unique,
                    schema=self._schema, seconds=self._seconds,
                )  # fmt: skip
            except RefusedError:
                self._blueprint = None
                raise
        return self._readers[table.code]

    def layout(self, table: Table) -> Layout:
        """How a table lies there; raises as ``pages`` does."""
        with self._connected(table) as connection:
            return self._reader(connection, table).layout

    def _ranges(self, connection: Connection, table: Table) -> RangeReader:
        return RangeReader(self._product, self._reader(connection, table), self._seconds)

    def _built(self, connection: Connection) -> Blueprint:
        if self._blueprint is None:
            codes = [table.code for table in self._tables]
            with deadline(connection, self._seconds):
                self._blueprint = blueprint(connection, self._product, codes, self._schema)
        return self._blueprint

    def _clock(self, connection: Connection) -> datetime:
        with deadline(connection, self._seconds):
            return _naive(connection.scalar(select(self._product.clock)))

    def _aware(self, moment: datetime) -> datetime:
        return moment.replace(tzinfo=self._zone)

    @staticmethod
    def _end(connection: Connection) -> None:
        """Ends the transaction, so that the body's database is not held up by us."""
        connection.rollback()

    @contextmanager
    def _connected(self, table: Table | None) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except (DBAPIError, PoolTimeoutError) as error:
            if table is not None:
                self._readers.pop(table.code, None)
            self._blueprint = None
            raise reading_failed(error, self._body, table) from None


def _naive(value: Any) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment.replace(tzinfo=None)


def _extra_columns(body: str, table: Table, layout: Layout) -> str:
    names = "、".join(layout.extra[:10])
    return f"{body} {table.code}: 有标准之外的列 {names}，不接收"
