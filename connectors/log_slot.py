"""Changes by a logical replication slot of PostgreSQL: looked at, landed, and only then passed.

The county sets ``wal_level = logical``, a publication of its tables and a slot::

    create publication spgl for all tables;
    select pg_create_logical_replication_slot('spgl', 'pgoutput');
    create role spgl_slot login replication password '…';

The account of this connection needs the right REPLICATION and none on the tables. The slot gives
transactions in the order of their commits, so nothing comes late; it keeps the county's log until
we have passed it, so the county should limit that (``max_slot_wal_keep_size``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from connectors.base import StopError, TryLaterError
from connectors.database_products import Session
from connectors.deadline import deadline
from connectors.front_changes import Change
from connectors.log_feed import LogFeed
from connectors.log_messages import LogReader, end_of_commit
from schemas import Table

_CHANGES_AT_ONCE = 10_000
_MOST_HELD = 50_000
_PEEK = text(
    """
    select data from pg_logical_slot_peek_binary_changes(
        :slot, null, :changes, 'proto_version', '1', 'publication_names', :publication)
    """
)
_PASS = text("select pg_replication_slot_advance(:slot, cast(:upto as pg_lsn))")
_THERE = text(
    """
    select s.plugin, s.wal_status,
        exists (select from pg_publication where pubname = :publication) as published
    from pg_replication_slots s where s.slot_name = :slot and s.database = current_database()
    """
)


class LogSlot(LogFeed):
    """One slot, read by the server's functions."""

    log = "逻辑复制槽"

    def __init__(
        self,
        body: str,
        url: str,
        tables: Sequence[Table],
        *,
        unique: Sequence[str] | None = None,
        slot: str = "spgl",
        publication: str = "spgl",
        statement_seconds: int = 60,
    ) -> None:
        """Nothing is contacted yet; ``url`` is a stored connection's."""
        session = Session(read_only=False, statement_seconds=statement_seconds)
        super().__init__(body, url, tables, unique=unique, session=session)
        self._named: dict[str, Any] = {"slot": slot, "publication": publication}
        self._held: dict[str, list[Change]] = {code: [] for code in self._codes.values()}
        self._claimed: tuple[str, int] | None = None
        self._seen = 0

    def check(self) -> list[str]:
        """Raises StopError when the slot or the publication is not there."""
        found = self._ask(_THERE, self._named)
        if not found or found[0][0] != "pgoutput" or not found[0][2]:
            raise StopError(
                f"对方库中没有可用的逻辑复制槽 {self._named['slot']}（插件 pgoutput）或发布 "
                f"{self._named['publication']}，请按接入说明建立",
                body=self._body,
            )
        if found[0][1] == "lost":
            raise StopError(
                "逻辑复制槽所需的日志已被对方清除，须重建该槽并从头读取", body=self._body
            )
        return []

    def waiting(self, tables: Sequence[Table]) -> set[str]:
        """The tables of which changes were committed and not passed."""
        self._peek()
        return {table.code for table in tables if self._held.get(table.code)}

    def claim(self, table: Table, limit: int) -> list[Change]:
        """The oldest changes of the table; they stay until settled."""
        if not self._held[table.code]:
            self._peek()
        taken = self._held[table.code][:limit]
        self._claimed = (table.code, len(taken))
        return taken

    def settle(self) -> None:
        """Forgets what was claimed; passes the log when nothing of it is left to be landed."""
        if self._claimed is None:
            return
        code, count = self._claimed
        self._claimed = None
        del self._held[code][:count]
        if not any(self._held.values()) and self._seen:
            self._pass()

    def _peek(self) -> None:
        """Look at what was committed since the last look; the slot itself does not move."""
        if sum(map(len, self._held.values())) >= _MOST_HELD:
            return
        given = self._named | {"changes": _CHANGES_AT_ONCE}
        reader = LogReader()
        changes: list[tuple[str, Change]] = []
        others = False
        for (data,) in self._ask(_PEEK, given):
            message = bytes(data)
            if message[:1] == b"B":
                changes = []
            elif message[:1] == b"C":
                committed = end_of_commit(message)
                if committed > self._seen:
                    self._seen = committed
                    others = others or not changes
                    for code, change in changes:
                        self._held[code].append(change)
            else:
                changes += self._changes(reader, message)
        if others and not any(self._held.values()):
            self._pass()

    def _changes(self, reader: LogReader, message: bytes) -> list[tuple[str, Change]]:
        logged = reader.read(message)
        return [] if logged is None else self._told_of(logged.table, (logged.before, logged.after))

    def _pass(self) -> None:
        """Tell the server that all that was seen is landed; a faster reader may have told it."""
        upto = f"{self._seen >> 32:X}/{self._seen & 0xFFFFFFFF:X}"
        try:
            self._ask(_PASS, self._named | {"upto": upto})
        except TryLaterError as error:
            if "cannot advance" not in str(error):
                raise

    def _ask(self, statement: Any, given: Mapping[str, Any]) -> list[Any]:
        named = {name: given[name] for name in statement.compile().params}
        try:
            with self._engine.connect() as connection, deadline(connection, self._seconds):
                found = list(connection.execute(statement, named))
                connection.commit()
                return found
        except DBAPIError as error:
            raise self._failed(error) from None
