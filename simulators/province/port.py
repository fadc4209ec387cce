"""The province's port: every session of the exchange passes here, so outages are real ones.

A TCP relay in front of PostgreSQL and of the HTTP services. In mode ``down`` nothing listens and
open sessions are reset; in mode ``slow`` answers are held back; in mode ``timeout-after-commit`` a
``COMMIT`` on its way to PostgreSQL is passed on, its answer is swallowed, and after a while the
session is reset: the sender cannot know whether it was written.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from simulators.events import Events
from simulators.province.modes import Mode

_COMMIT = b"COMMIT\x00"  # the statement as it ends in a message of the PostgreSQL protocol
_CHUNK = 65536
_LOOK_SECONDS = 0.2


class Port:
    """Listens on 127.0.0.1:``port`` and relays to ``target`` while the mode allows."""

    def __init__(
        self, name: str, port: int, target: tuple[str, int], mode: Mode, events: Events
    ) -> None:
        self._name = name
        self._port = port
        self._target = target
        self._mode = mode
        self._events = events
        self._sessions: set[asyncio.Task[None]] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Opens and closes the port as the mode says, until ``stop``."""
        server: asyncio.Server | None = None
        try:
            while not stop.is_set():
                if self._mode.name == "down" and server is not None:
                    self._events.say(self._name, "closed")
                    await self._close(server)
                    server = None
                elif self._mode.name != "down" and server is None:
                    server = await asyncio.start_server(self._accept, "127.0.0.1", self._port)
                    self._events.say(self._name, "listening", port=self._port)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), _LOOK_SECONDS)
        finally:
            if server is not None:
                await self._close(server)

    async def _close(self, server: asyncio.Server) -> None:
        server.close()
        for session in list(self._sessions):
            session.cancel()
        await asyncio.gather(*self._sessions, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._sessions.add(task)
        try:
            await self._relay(reader, writer)
        except OSError as error:
            self._events.say(self._name, "session lost", error=str(error))
        except asyncio.CancelledError:
            pass  # the port closes: the session is reset below
        finally:
            self._sessions.discard(task)
            writer.transport.abort()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up_reader, up_writer = await asyncio.open_connection(*self._target)
        silence = asyncio.Event()
        down = asyncio.create_task(self._answers(up_reader, writer, silence))
        try:
            while data := await reader.read(_CHUNK):
                swallow = _COMMIT in data and self._mode.hits("timeout-after-commit")
                if swallow:
                    silence.set()
                up_writer.write(data)
                await up_writer.drain()
                if swallow:
                    self._events.say(self._name, "commit passed on, answer swallowed")
                    await asyncio.sleep(self._mode.hang)
                    return
        finally:
            down.cancel()
            with suppress(asyncio.CancelledError, OSError):
                await down
            up_writer.close()

    async def _answers(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, silence: asyncio.Event
    ) -> None:
        while data := await reader.read(_CHUNK):
            if silence.is_set():
                continue
            if delay := self._mode.answer_delay():
                await asyncio.sleep(delay)
            writer.write(data)
            await writer.drain()
        if not silence.is_set():
            writer.close()
