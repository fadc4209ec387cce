"""Changes by the binary log of MariaDB or MySQL: read as a replica reads it, kept in our own mark.

The county sets ``log_bin``, ``binlog_format = ROW`` and keeps its logs for some days. The account
of this connection may follow the log, and read the tables, so that it sees their columns' order::

    create user 'spgl_log'@'10.%' identified by '…';
    grant replication slave, binlog monitor on *.* to 'spgl_log'@'10.%';   -- MariaDB
    grant replication slave, replication client on *.* to 'spgl_log'@'10.%';   -- MySQL
    grant select on front.* to 'spgl_log'@'10.%';

Nothing on the server remembers where we are: each table's mark does, and always names the end of a
transaction all of whose rows of that table are landed. A log that was purged before it was read,
or another server behind the same address, is told as an error, and the table is read whole again;
what was deleted meanwhile is found by the comparing of ranges.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from connectors.base import Mark, StopError
from connectors.binlog_stream import LogEnd, LoggedRow, LogGoneError, rows_since
from connectors.database_products import Session
from connectors.deadline import deadline
from connectors.front_changes import Change
from connectors.front_layout import LOCAL_KEY
from connectors.log_feed import LogFeed
from schemas import Table

_MOST_HELD = 50_000
_BEHIND_BYTES = 64 << 20
_SHORT_S = 24 * 3600
_SETTINGS = text(
    "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('log_bin', 'binlog_format', "
    "'binlog_expire_logs_seconds')"
)
_SERVER = text("SELECT CONCAT(@@hostname, '/', @@server_id)")
_ENDS = (text("SHOW BINARY LOG STATUS"), text("SHOW MASTER STATUS"))
_PARSE_ERROR = 1064


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the log of a server: the number of its file, the byte in it, the file's name.

    ``born`` is when the file was begun, where that is known: a log that was reset has files of the
    same names.
    """

    number: int
    at: int
    file: str = field(compare=False)
    server: str = field(compare=False)
    born: int | None = field(compare=False, default=None)

    @classmethod
    def of(cls, file: str, at: int, server: str, born: int | None = None) -> Position:
        """The place at a byte of a file; files count up by their ending."""
        ending = file.rpartition(".")[2]
        return cls(int(ending) if ending.isdigit() else 0, int(at), file, server, born)

    def is_of_other_log(self, other: Position) -> bool:
        """Whether both name the same file, begun at different times."""
        return (
            self.file == other.file
            and None not in (self.born, other.born)
            and self.born != other.born
        )

    def to_mark(self) -> Mark:
        """As JSON can hold it."""
        return {"server": self.server, "file": self.file, "at": self.at, "born": self.born}


@dataclass(frozen=True, slots=True)
class _Held:
    """A change with where its transaction begins and ends."""

    change: Change
    begins: Position
    ends: Position


class BinaryLog(LogFeed):
    """One server's log, for the tables of one database; the next goes on from the marks."""

    log = "binlog"

    def __init__(
        self,
        body: str,
        url: str,
        tables: Sequence[Table],
        *,
        unique: Sequence[str] | None = None,
        statement_seconds: int = 60,
    ) -> None:
        """Nothing is contacted yet; ``url`` is a stored connection's, with the database's name."""
        session = Session(read_only=True, statement_seconds=statement_seconds)
        super().__init__(body, url, tables, unique=unique, session=session)
        if self._engine.dialect.name not in {"mysql", "mariadb"}:
            raise StopError('changes = "binlog" 只用于 MariaDB 和 MySQL', body=body)
        self._replica = (1 << 31) | secrets.randbelow(1 << 31)
        self._held: dict[str, list[_Held]] = {code: [] for code in self._codes.values()}
        self._after: dict[str, Position] = {}
        self._lost: dict[str, str] = {}
        self._claimed: tuple[str, int] | None = None
        self._floor: Position | None = None
        self._read: Position | None = None
        self._seen = False  # whether the file that we stand in was looked at

    def check(self) -> list[str]:
        """Raises StopError when there is no such log or it cannot be followed."""
        found = {row[0]: str(row[1]) for row in self._ask(_SETTINGS)}
        if found.get("log_bin") != "ON" or found.get("binlog_format", "").upper() != "ROW":
            raise StopError(
                "对方库未开启行格式的 binlog，请设 log_bin 和 binlog_format = ROW", body=self._body
            )
        self._end()
        kept = found.get("binlog_expire_logs_seconds", "0")
        if kept.isdigit() and 0 < int(kept) < _SHORT_S:
            return [f"{self._body}: binlog 只保留 {int(kept) // 60} 分钟，停机较久会丢失位置"]
        return []

    def resume(self, table: Table, mark: Mark) -> str | None:
        """Go on where the mark says; why the log cannot be gone on with, if so."""
        code, kept = table.code, mark.get("log")
        if code in self._lost:
            return self._lost[code]
        if not kept:
            return None
        if self._read is not None and kept["server"] != self._read.server:
            return self._lose(f"{kept['server']} 换成了 {self._read.server}").get(code)
        position = Position.of(kept["file"], kept["at"], kept["server"], kept.get("born"))
        if self._read is not None and position.is_of_other_log(self._read):
            return self._lose(_begun_anew(position.file)).get(code)
        self._after[code] = position
        self._held[code] = [one for one in self._held[code] if one.ends > position]
        if self._floor is None or position < self._floor:
            self._floor = self._read = position
            for held in self._held.values():
                held.clear()
        return None

    def begin(self, table: Table) -> Mark:
        """From here on the log tells; what was told before is in the table when it is read."""
        self._lost.pop(table.code, None)
        self._look()
        if self._read is None:  # it was just found lost
            self._look()
        self._lost.pop(table.code, None)
        if self._read is None:
            self._floor = self._read = self._end()
        self._held[table.code].clear()
        self._after[table.code] = self._read
        return {"log": self._read.to_mark()}

    def here(self, table: Table) -> Mark:
        """The end of the last transaction of which nothing of this table is left to be claimed."""
        claimed = self._claimed[1] if self._claimed and self._claimed[0] == table.code else 0
        left = self._held[table.code][claimed:]
        position = left[0].begins if left else self._read
        return {} if position is None else {"log": position.to_mark()}

    def waiting(self, tables: Sequence[Table]) -> set[str]:
        """The tables with changes, those whose log was lost, and those whose mark lies far back."""
        self._look()
        return {
            table.code
            for table in tables
            if self._held[table.code] or table.code in self._lost or self.is_behind(table)
        }

    def is_behind(self, table: Table) -> bool:
        """Whether the mark of a quiet table should be moved on.

        Its file may be purged one day; and it may not say when its file was begun.
        """
        after, read = self._after.get(table.code), self._read
        if after is None or read is None or self._held[table.code]:
            return False
        if after.born is None and read.born is not None:
            return True
        return after.number != read.number or read.at - after.at > _BEHIND_BYTES

    def claim(self, table: Table, limit: int) -> list[Change]:
        """The oldest changes of the table; they stay until settled or until a mark is past them."""
        if not self._held[table.code]:
            self._look()
        taken = self._held[table.code][:limit]
        self._claimed = (table.code, len(taken))
        return [one.change for one in taken]

    def settle(self) -> None:
        """Forgets what was claimed."""
        if self._claimed is not None:
            code, count = self._claimed
            del self._held[code][:count]
            self._claimed = None

    def _look(self) -> None:
        """Read what was committed since the last look."""
        end = self._end()
        if self._read is None:
            self._floor = self._read = end
        if end.server != self._read.server:
            self._lose(f"{self._read.server} 换成了 {end.server}")
        elif end < (latest := max([self._read, *self._after.values()])):
            self._lose(f"对方的 binlog 被重置，{latest.file} 之后又从 {end.file} 开始")
        elif (end != self._read or not self._seen) and sum(
            map(len, self._held.values())
        ) < _MOST_HELD:
            try:
                self._follow(self._read)
            except LogGoneError as error:
                self._lose(str(error))

    def _follow(self, begun: Position) -> None:
        """Hold the changes after a place, transaction by transaction, until enough are held."""
        count = sum(map(len, self._held.values()))
        begins, pending = begun, list[tuple[str, Change]]()
        for one in self._stream(begun):
            if isinstance(one, LoggedRow):
                pending += self._told_of(one.table, one.images)
                continue
            ends = Position.of(one.file, one.at, begun.server, one.born)
            if ends.is_of_other_log(begun):
                raise LogGoneError(_begun_anew(begun.file))
            self._seen = True
            for code, change in pending:
                if code not in self._after or ends > self._after[code]:
                    self._held[code].append(_Held(change, begins, ends))
                    count += 1
            begins, pending, self._read = ends, [], ends
            if count >= _MOST_HELD:
                return

    def _stream(self, begun: Position) -> Iterator[LoggedRow | LogEnd]:
        _, given = self._engine.dialect.create_connect_args(self._engine.url)
        options: dict[str, Any] = {**given, "connect_timeout": 10, "read_timeout": self._seconds}
        database = options.pop("database", None) or options.pop("db", None)
        return rows_since(
            options,
            begun.file,
            begun.at,
            body=self._body,
            replica=self._replica,
            schema=str(database),
            columns=(*self._unique, LOCAL_KEY),
        )

    def _lose(self, why: str) -> Mapping[str, str]:
        """Every table has to be read whole again."""
        reason = (
            f"对方的 binlog 接不上：{why}。各表随即整表重读补齐，其间删除的记录由分段比对发现；"
            "请对方延长 binlog 的保留时间"
        )
        logging.getLogger(__name__).warning("%s: %s", self._body, reason)
        self._lost = dict.fromkeys(self._held, reason)
        self._after.clear()
        self._floor = self._read = None
        self._seen = False
        for held in self._held.values():
            held.clear()
        return self._lost

    def _end(self) -> Position:
        """Where the log ends now."""
        ((server,),) = self._ask(_SERVER)
        rows = self._ask(*_ENDS)
        if not rows:
            raise StopError("对方库未开启 binlog", body=self._body)
        return Position.of(str(rows[0][0]), int(rows[0][1]), str(server))

    def _ask(self, *statements: Any) -> list[Any]:
        """What the first statement answers that the server knows."""
        try:
            with self._engine.connect() as connection, deadline(connection, self._seconds):
                for statement in statements[:-1]:
                    try:
                        return list(connection.execute(statement))
                    except DBAPIError as error:
                        if error.orig is None or error.orig.args[0] != _PARSE_ERROR:
                            raise
                return list(connection.execute(statements[-1]))
        except DBAPIError as error:
            raise self._failed(error) from None


def _begun_anew(file: str) -> str:
    return f"对方的 binlog 被重置，{file} 是重新开始的"
