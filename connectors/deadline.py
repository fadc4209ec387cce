"""A limit on how long we wait for a database that has gone silent.

A server's own statement limit does not help when the network swallows the answer, and psycopg2
waits for ever. Cutting the socket makes the driver raise at once. Drivers with a limit of their own
(PyMySQL, oracledb) are left alone.

One thread watches over all statements of the process: a pull makes hundreds of small ones a second,
a timer for each would cost more than the statements.
"""

from __future__ import annotations

import itertools
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection

LOOK_S = 0.25


class _Watch:
    """The sockets that are waited for, and when each is to be cut."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._waiting: dict[int, tuple[float, socket.socket]] = {}
        self._process = 0

    def begin(self, handle: socket.socket, seconds: float) -> int:
        """Watch over a socket from now on."""
        with self._lock:
            if self._process != os.getpid():
                # A thread does not live on in a forked child: the child needs one of its own.
                self._process = os.getpid()
                self._waiting.clear()
                threading.Thread(target=self._look, name="deadlines", daemon=True).start()
            number = next(self._numbers)
            self._waiting[number] = (time.monotonic() + seconds, handle)
            return number

    def end(self, number: int) -> None:
        """Stop watching; once this returns the socket is not cut any more."""
        with self._lock:
            self._waiting.pop(number, None)

    def _look(self) -> None:
        while True:
            time.sleep(LOOK_S)
            now = time.monotonic()
            with self._lock:
                late = [number for number, (ends, _) in self._waiting.items() if ends <= now]
                for number in late:
                    with suppress(OSError):
                        self._waiting.pop(number)[1].shutdown(socket.SHUT_RDWR)


_WATCH = _Watch()


@contextmanager
def deadline(connection: Connection, seconds: float) -> Iterator[None]:
    """Cut the connection when the block takes longer; the driver then raises OperationalError."""
    with driver_deadline(connection.connection.dbapi_connection, seconds):
        yield


@contextmanager
def driver_deadline(driver: Any, seconds: float) -> Iterator[None]:
    """The same for a connection of the driver itself."""
    number = getattr(driver, "fileno", None)
    if number is None:
        yield
        return
    # Our own handle on the socket: even if the driver closes its number, no other is cut.
    with socket.socket(fileno=os.dup(number())) as handle:
        watched = _WATCH.begin(handle, seconds)
        try:
            yield
        finally:
            _WATCH.end(watched)
