"""Connections to the store: a small pool of them, each saying who works.

What a connection changes is recorded in the journey with the name given here (``by``).
"""

from __future__ import annotations

import queue
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.rows import DictRow, dict_row

from exchange.errors import TryLaterError
from exchange.store.arrays import PlainLists

Conn = Connection[DictRow]

CONNECT_TIMEOUT_S = 5
IDLE_IN_TRANSACTION_MS = 120_000


class StoreUnreachableError(TryLaterError):
    """The store does not answer. Nothing was changed; try again when it is back."""


class Store:
    """The store of one process: hands out connections and keeps a few for the next user.

    Safe for threads. ``by`` names the worker in the journey, for example ``pull@host:pid``.
    """

    def __init__(self, dsn: str, *, by: str, keep: int = 8) -> None:
        """Remember where the store is; nothing is opened yet."""
        self._dsn = dsn
        self._by = by
        self._idle: queue.LifoQueue[Conn] = queue.LifoQueue(maxsize=keep)

    @contextmanager
    def transaction(self) -> Iterator[Conn]:
        """One transaction: committed at the end of the block, rolled back when it raises.

        Raises StoreUnreachableError when the store cannot be reached or goes away meanwhile; then
        the transaction has not taken effect, or, if only its commit went unanswered, the caller
        finds out by doing its work again, which changes nothing the second time.
        """
        with self._lent() as conn, conn.transaction():
            yield conn

    @contextmanager
    def _lent(self) -> Iterator[Conn]:
        conn = self._take()
        try:
            yield conn
        except psycopg.OperationalError as error:
            conn.close()
            raise StoreUnreachableError(f"the store went away: {_first_line(error)}") from error
        except psycopg.InterfaceError as error:
            conn.close()
            raise StoreUnreachableError(f"the store went away: {_first_line(error)}") from error
        finally:
            self._give_back(conn)

    def execute(self, statement: bytes, asked: Mapping[str, object]) -> list[DictRow]:
        """One statement as a transaction of its own: one journey there and back instead of three.

        Returns its rows, none where it gives none. Raises as ``transaction`` does.
        """
        with self._lent() as conn:
            cursor = conn.execute(statement, asked)
            return cursor.fetchall() if cursor.description else []

    def close(self) -> None:
        """Close the connections that are kept."""
        while True:
            try:
                self._idle.get_nowait().close()
            except queue.Empty:
                return

    def _take(self) -> Conn:
        while True:
            try:
                conn = self._idle.get_nowait()
            except queue.Empty:
                return self._open()
            if not conn.closed and not conn.broken:
                return conn

    def _give_back(self, conn: Conn) -> None:
        if conn.closed or conn.broken:
            return
        try:
            self._idle.put_nowait(conn)
        except queue.Full:
            conn.close()

    def _open(self) -> Conn:
        try:
            conn: Conn = psycopg.connect(
                self._dsn,
                connect_timeout=CONNECT_TIMEOUT_S,
                autocommit=True,
                row_factory=dict_row,
                application_name="exchange",
                keepalives_idle=30,
            )
            conn.adapters.register_dumper(list, PlainLists)
            conn.execute(
                # our statements are short and many: compiling one costs more than it takes, and
                # they go by keys: a page at a known place costs hardly more than the next; times
                # are read in one zone, as from a server of ours, whatever a foreign one is set to
                "select set_config('exchange.by', %s, false), set_config('jit', 'off', false),"
                " set_config('timezone', 'UTC', false),"
                " set_config('random_page_cost', '1.1', false),"
                " set_config('idle_in_transaction_session_timeout', %s, false)",
                (self._by, str(IDLE_IN_TRANSACTION_MS)),
            )
        except psycopg.OperationalError as error:
            raise StoreUnreachableError(
                f"the store does not answer: {_first_line(error)}"
            ) from error
        return conn


def _first_line(error: BaseException) -> str:
    text: Any = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__
