"""A TCP proxy that spoils what passes: late, in drops, cut off, half closed, unanswered.

Each route listens on a port of its own and relays to one server. Its weather can be changed while
connections are open and holds for them at once.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

Weather = Literal["clear", "refuse", "delay", "trickle", "reset", "half-close", "drop-answers"]

DELAY_S = 0.4
DROP_BYTES, DROP_S = 48, 0.02
CUT_AFTER_BYTES = 6000
_CHUNK = 65536


@dataclass
class Route:
    """One port and the server behind it.

    ``clear`` passes all; ``refuse`` resets every connection, new ones too; ``delay`` holds every
    piece back for DELAY_S; ``trickle`` passes answers in drops of DROP_BYTES; ``reset`` cuts a
    connection once CUT_AFTER_BYTES of answers have passed under it; ``half-close`` ends the
    server's direction there, politely, while the client still speaks; ``drop-answers`` passes what
    the client says and swallows what comes back.
    """

    name: str
    target: tuple[str, int]
    port: int = 0
    weather: Weather = "clear"
    cut: int = 0
    opened: int = 0
    sessions: set[asyncio.Task[None]] = field(default_factory=set)


class Proxy:
    """All routes of a city, served by one thread. Safe to steer from any other."""

    def __init__(self) -> None:
        self.routes: dict[str, Route] = {}
        self._loop = asyncio.new_event_loop()
        self._servers: list[asyncio.Server] = []
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._thread.start()

    def route(self, name: str, host: str, port: int) -> int:
        """Opens a route to a server; returns the port on which it listens."""
        route = Route(name, (host, port))
        self._do(self._open(route))
        self.routes[name] = route
        return route.port

    def set(self, weather: Weather, *names: str) -> None:
        """The weather of these routes (default: of all) from now on."""
        for name in names or tuple(self.routes):
            route = self.routes[name]
            route.weather = weather
            if weather == "refuse":
                self._do(self._cut(route))

    def cut(self, *names: str) -> None:
        """Resets what is open, as a firewall that forgets its sessions; new ones are let in."""
        for name in names or tuple(self.routes):
            self._do(self._cut(self.routes[name]))

    def close(self) -> None:
        """Ends everything."""
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def _do(self, work: object) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)  # type: ignore[arg-type]

    async def _open(self, route: Route) -> None:
        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            def ended(session: asyncio.Task[None]) -> None:
                """Also of a session that is cut before its first step."""
                route.sessions.discard(session)
                _reset(writer)

            session = asyncio.create_task(self._serve(route, reader, writer))
            session.add_done_callback(ended)
            route.sessions.add(session)
            route.opened += 1

        server = await asyncio.start_server(accept, "127.0.0.1", 0)
        route.port = server.sockets[0].getsockname()[1]
        self._servers.append(server)

    async def _serve(
        self, route: Route, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if route.weather == "refuse":
            return
        with suppress(OSError):
            up_reader, up_writer = await asyncio.open_connection(*route.target)
            asking = asyncio.create_task(_ask(route, reader, up_writer))
            answering = asyncio.create_task(_answer(route, up_reader, writer))
            try:
                await asyncio.wait({asking, answering}, return_when="FIRST_COMPLETED")
                if asking.done() and not answering.done():
                    await asyncio.wait({answering}, timeout=30)
                elif answering.result() == "half-closed":
                    await asyncio.wait({asking}, timeout=30)
            finally:
                # Before anything is waited for: a session that ends by itself can still be cut.
                _reset(up_writer)
                for task in (asking, answering):
                    task.cancel()
                await asyncio.gather(asking, answering, return_exceptions=True)

    async def _cut(self, route: Route) -> None:
        sessions = list(route.sessions)
        route.cut += len(sessions)
        for session in sessions:
            session.cancel()
        await asyncio.gather(*sessions, return_exceptions=True)

    async def _close(self) -> None:
        listeners = [listener for server in self._servers for listener in server.sockets]
        for listener in listeners:
            self._loop.remove_reader(listener)
        # Who was let in just now has no session yet, and must not find his server closed.
        while rest := asyncio.all_tasks() - {asyncio.current_task()}:
            for route in self.routes.values():
                await self._cut(route)
            await asyncio.wait(rest)
        for server in self._servers:
            server.close()


async def _ask(route: Route, reader: asyncio.StreamReader, up: asyncio.StreamWriter) -> None:
    """What the client says, on to the server."""
    while data := await reader.read(_CHUNK):
        if route.weather == "delay":
            await asyncio.sleep(DELAY_S)
        up.write(data)
        await up.drain()
    with suppress(OSError):
        up.write_eof()


async def _answer(
    route: Route, reader: asyncio.StreamReader, down: asyncio.StreamWriter
) -> str | None:
    """What the server answers, back to the client, as the weather lets it."""
    passed = 0
    while data := await reader.read(_CHUNK):
        match route.weather:
            case "delay":
                await asyncio.sleep(DELAY_S)
            case "trickle":
                await _drip(route, data, down)
                continue
            case "drop-answers":
                continue
            case "reset" | "half-close" if passed + len(data) > CUT_AFTER_BYTES:
                down.write(data[: max(0, CUT_AFTER_BYTES - passed)])
                await down.drain()
                route.cut += 1
                if route.weather == "reset":
                    return None
                down.write_eof()
                return "half-closed"
        if route.weather in {"reset", "half-close"}:
            passed += len(data)
        down.write(data)
        await down.drain()
    return None


async def _drip(route: Route, data: bytes, down: asyncio.StreamWriter) -> None:
    """Drop by drop while the weather lasts, then the rest at once."""
    for start in range(0, len(data), DROP_BYTES):
        if route.weather != "trickle":
            down.write(data[start:])
            return
        down.write(data[start : start + DROP_BYTES])
        await down.drain()
        await asyncio.sleep(DROP_S)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Ends a connection by RST, not by a polite end that looks like a whole answer."""
    handle = writer.get_extra_info("socket")
    if handle is not None:
        with suppress(OSError):
            linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
            handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()
