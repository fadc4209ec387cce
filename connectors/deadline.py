"""A limit on how long we wait for a database that has gone silent.

A server's own statement limit does not help when the network swallows the answer, and psycopg2
waits for ever. Cutting the socket makes the driver raise at once. Drivers with a limit of their own
(PyMySQL, oracledb) are left alone.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection


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
    handle = socket.socket(fileno=os.dup(number()))
    timer = threading.Timer(seconds, _cut, [handle])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        handle.close()


def _cut(handle: socket.socket) -> None:
    with suppress(OSError):
        handle.shutdown(socket.SHUT_RDWR)
