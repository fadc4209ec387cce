"""A TCP relay between a client and a server that can swallow the answer to a COMMIT of a write."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

from tests.connectors.ports import free_port

_WORD = b"COMMIT"
_WRITE = b"INSERT"


class Relay:
    """Listens on ``port`` and passes everything on; a COMMIT after an INSERT is not answered.

    With ``hang`` the connection then stays open and silent, else it is closed.
    """

    def __init__(self, host: str, port: int, *, hang: bool) -> None:
        self._aim = (host, port)
        self._hang = hang
        self.port = free_port()
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Ends all connections."""
        for opened in (self._listener, *self._open):
            with suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)
            opened.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._aim)
                self._open += [client, server]
                silent = threading.Event()
                for pair in ((client, server, True), (server, client, False)):
                    threading.Thread(target=self._pass, args=(*pair, silent), daemon=True).start()

    def _pass(
        self, source: socket.socket, aim: socket.socket, upwards: bool, silent: threading.Event
    ) -> None:
        written = False
        with suppress(OSError):
            while data := source.recv(65536):
                written = written or (upwards and _WRITE in data.upper())
                if written and upwards and _WORD in data.upper():
                    silent.set()
                if silent.is_set() and not upwards:
                    if not self._hang:
                        aim.shutdown(socket.SHUT_RDWR)
                    continue
                aim.sendall(data)
