"""The running province: a judge and a port for each version of the standard, and the services."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Sequence
from random import Random

import uvicorn
from fastapi import FastAPI

from schemas import load as load_standard
from simulators.accounts import Accounts
from simulators.events import Events, wall_clock
from simulators.province.gateway import Gateway
from simulators.province.judge import Judge
from simulators.province.modes import Mode
from simulators.province.port import Port
from simulators.province.tables import Form, form_of
from simulators.settings import World, connection_name

_SECONDS_TO_LEAVE = 1.0


class Province:
    """All parts of the running province."""

    def __init__(self, world: World, accounts: Accounts) -> None:
        self._world = world
        self._accounts = accounts
        self._events = Events(world.controls / "province.events.jsonl")
        self._rng = Random(world.province)
        self._halt = threading.Event()
        self._threads: list[threading.Thread] = []
        self._servers: list[uvicorn.Server] = []

    async def run(self) -> None:
        """Works until SIGTERM or SIGINT; all parts are gone within two seconds then."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        ports = []
        for version, form in self._world.forms.items():
            mode = Mode(self._world.controls, version, Random(self._rng.random()))
            ports.append(asyncio.create_task(self._open(version, form_of(form), mode).run(stop)))
        self._events.say("province", "started")
        await asyncio.wait(
            [*ports, asyncio.create_task(stop.wait())], return_when="FIRST_COMPLETED"
        )
        await self._leave(stop, ports)

    def _open(self, version: str, form: Form, mode: Mode) -> Port:
        """Starts the judge of a version, and its services if it has any; returns its port."""
        name = connection_name("province", version)
        account = self._accounts.province[name]
        standard = load_standard(version)
        judge = Judge(account, standard, form, mode, self._events, Random(self._rng.random()))
        self._thread(f"judge-{version}", judge.run, self._halt)
        if form == "front":
            target, port = (account.host, account.port), self._world.front_port
        else:
            secret = self._accounts.secret("gateway")
            app = Gateway(account, standard, mode, secret, self._events, wall_clock).app
            target, port = self._serve(app), self._world.gateway_port
        return Port(f"{name} port", port, target, mode, self._events)

    def _serve(self, app: FastAPI) -> tuple[str, int]:
        """Runs an application on a free port of this machine, behind the province's port."""
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(
            uvicorn.Config(
                app, log_config=None, access_log=False, timeout_graceful_shutdown=1, lifespan="off"
            )
        )
        self._servers.append(server)
        self._thread("services", server.run, [listening])
        host, port = listening.getsockname()
        return host, port

    def _thread(self, name: str, work: Callable[..., object], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)

    async def _leave(self, stop: asyncio.Event, ports: Sequence[asyncio.Task[None]]) -> None:
        """Stops all parts; a port that failed says why and the process ends with it."""
        stop.set()
        self._halt.set()
        for server in self._servers:
            server.should_exit = True
        _, late = await asyncio.wait(ports, timeout=_SECONDS_TO_LEAVE)
        for port in late:
            port.cancel()
        for thread in self._threads:
            await asyncio.to_thread(thread.join, _SECONDS_TO_LEAVE / len(self._threads))
        self._events.say("province", "stopped")
        self._events.close()
        for port in ports:
            if port.done() and not port.cancelled():
                port.result()
