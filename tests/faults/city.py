"""A whole city as processes, small enough for two cores, with every wire led through our proxy.

Counties and province are the simulators, the exchange is its own commands in endless loops, looked
after by the supervisor of the demo. Nothing in it is a stand-in; the exchange's programs only run
with the traps of ``tests.faults.traps`` in them.
"""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg

from connectors.county import ROOT as SHIPPED
from exchange.demo.city import City
from exchange.demo.ports import Ports
from exchange.demo.processes import Program, Supervisor
from exchange.settings import Settings
from exchange.store import addresses
from exchange.store.documents import write_whole
from schemas import policy
from simulators import accounts as account_book
from simulators import settings as world_settings
from simulators import world as world_maker
from simulators.accounts import Accounts
from simulators.events import wall_clock
from simulators.settings import World
from tests.faults.proxy import Proxy
from tests.faults.traps import FOLDER, Strike, Traps
from tests.faults.witness import make_memory, make_witness

BODIES = ("420602", "420606", "420607", "420626", "420600-zrzy", "420600-gxq")
"""Front databases of both generations, one that mends in place, one that holds transactions open,
one that delivers files, one that pushes over HTTP."""

RATES = {"420602": 1.2, "420606": 0.6, "420607": 0.8, "420626": 0.8}
"""Events a second, at full pace; beside other tests, which want the processors too, less."""
PACE_BESIDE_OTHERS = 0.65
OTHER_RATE = 0.4
SETTING_UP_RATE, SETTING_UP_S = 15.0, 400
LOOPS = ("pull", "deliver-1", "deliver-2", "slow-rounds")
SERVER_S, COMMAND_S = 120, 600
LOOK_S, LOOK_AFTER_S = 0.2, 1.0


class NotInTimeError(AssertionError):
    """Something that was waited for did not happen."""


class FaultCity:
    """A city in ``folder``; ``start`` brings it up, ``stop`` ends everything it started.

    ``rates`` are the events a second of the counties that are watched row by row.
    """

    def __init__(self, folder: Path, pace: float) -> None:
        self.rates = {code: rate * pace for code, rate in RATES.items()}
        ports = Ports.choose(Settings(state=folder), 0)
        self.city = City(folder / "city", ports)
        self.city.state.mkdir(parents=True, mode=0o700)
        self.traps = Traps(folder / "traps")
        self.proxy = Proxy()
        self.kills = 0
        self.orders = 0
        self.accounts = Accounts()
        self.world: World
        self._lock = threading.RLock()
        self._supervisor = Supervisor(self.city.run_folder)
        self._leave = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="keeper", daemon=True)
        self.said: list[str] = []

    # -- up and down

    def start(self) -> None:
        """Everything up and reading; the counties live already."""
        for program in self.city.servers():
            self.launch(program)
        self._keeper.start()
        ours, world = addresses.cluster(self.city.settings), self.city.world_server
        self.wait(lambda: ours.status().running and world.status().running, SERVER_S, "servers")
        self._prepare_world()
        self._run("init", *self.city.exchange("init"))
        self.launch(self.city.province())
        self.launch(self.trapped("intake", "intake"))
        for name in LOOPS:
            self.launch(self.loop(name))
        for code in BODIES:
            self.county(code, rate=SETTING_UP_RATE if code in RATES else OTHER_RATE)
        # What cannot be witnessed row by row makes no mistakes and so says nothing twice.
        self.county("420600-zrzy", mistakes=0.0)
        self.county("420600-gxq", mistakes=0.0)
        self.wait(self._has_read, SERVER_S, "the first pulling round")
        argv = self.city.simulator("county", "--body", *BODIES)
        self.launch(Program("counties", argv, self.environment()))
        # Flows and items first: whatever is told later hangs on them.
        self.wait(self._has_projects, SETTING_UP_S, "a first project of each county above")
        for code, rate in self.rates.items():
            self.county(code, rate=rate)

    def stop(self) -> None:
        """Ends everything."""
        self._leave.set()
        with suppress(RuntimeError):
            self._keeper.join(10)
        with self._lock:
            self._resume_all()
            self._supervisor.stop()
        for cluster in (addresses.cluster(self.city.settings), self.city.world_server):
            if cluster.folder.exists():
                cluster.stop()
        self.proxy.close()

    def environment(self) -> dict[str, str]:
        """What every program inherits."""
        return self.city.environment() | {FOLDER: str(self.traps.folder)}

    def trapped(self, name: str, *arguments: str, module: str = "exchange") -> Program:
        """A program of the exchange with the traps in it."""
        argv = (sys.executable, "-m", "tests.faults.trapped", module, *arguments)
        return Program(name, argv, self.environment(), grace_s=30)

    def loop(self, name: str) -> Program:
        """One of LOOPS, or another of its kind under its own name: ``pull-twin``."""
        kind = name.partition("-")[0]
        if kind == "slow":
            return self.trapped(name, module="exchange.demo.slow_rounds")
        if kind == "deliver":
            return self.trapped(name, "deliver")
        bodies = [word for code in BODIES[:5] for word in ("--body", code)]
        return self.trapped(name, "sync", *bodies)

    def launch(self, program: Program) -> int:
        """Starts a program that is kept running from now on."""
        with self._lock:
            return self._supervisor.start(program)

    def end(self, *names: str) -> None:
        """Stops programs for good, politely."""
        with self._lock:
            self._supervisor.stop(names)

    # -- what happens to it

    def pid(self, name: str) -> int | None:
        """The process id of a program, None while it is not running."""
        with self._lock:
            return self._supervisor.pids().get(name)

    def kill(self, name: str) -> None:
        """Kill -9 one of the programs, as soon as it is there."""
        self.wait(lambda: self.pid(name) is not None, 60, f"{name} to be there")
        pid = self.pid(name)
        assert pid is not None
        self.kill_pid(pid)

    def kill_pid(self, pid: int) -> None:
        """Kill -9 a process."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            self.kills += 1

    def store_pid(self) -> int | None:
        """The process id of our PostgreSQL."""
        return addresses.cluster(self.city.settings).status().pid

    def spring(self, point: str, seconds: float = 60, *, strike: Strike = "kill") -> int:
        """Arms a trap and waits until a process has been struck there; its process id."""
        self.traps.arm(point, strike)
        return self.struck(point, seconds, strike=strike)

    def struck(self, point: str, seconds: float = 60, *, strike: Strike = "kill") -> int:
        """Waits until a process has been struck at an armed point; its process id."""
        try:
            self.wait(lambda: self.traps.struck(point), seconds, f"somebody at {point}")
        finally:
            self.traps.disarm(point)
        self.kills += strike == "kill"
        pid = self.traps.struck(point)
        assert pid is not None
        return pid

    def county(self, code: str, **settings: Any) -> None:
        """Settings of a body, kept beside those given before."""
        self._tell(f"county-{code}", settings, None)

    def order(self, code: str, do: str, **facts: Any) -> None:
        """Something a body is to do once."""
        self.orders += 1
        self._tell(f"county-{code}", {}, {"id": f"f{self.orders}", "do": do} | facts)

    def province(self, *standards: str, **settings: Any) -> None:
        """Settings of the province (default: for all versions); without any, back to normal."""
        for version in standards or tuple(self.world.forms):
            self._tell(f"province-{version}", settings or None, None)

    def take_effect(self) -> None:
        """Waits until what was told to the simulators is in force with certainty."""
        time.sleep(1.2)

    def wait(self, condition: Callable[[], object], seconds: float, what: str) -> None:
        """Looks until the condition holds; NotInTimeError after so many seconds."""
        ends = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > ends:
                raise NotInTimeError(f"{what}: not within {seconds:g} s; {self.said[-6:]}")
            time.sleep(LOOK_S)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One command of the exchange to its end."""
        return subprocess.run(
            self.city.exchange(*arguments),
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=COMMAND_S,
        )

    def store(self, *, owner: bool = False) -> psycopg.Connection[Any]:
        """A connection of our own to the store, past the proxy and past the program."""
        url = (addresses.owner_url if owner else addresses.app_url)(self.city.settings)
        return psycopg.connect(url, autocommit=True, connect_timeout=3)

    def superuser_dsn(self) -> str:
        """The store's superuser, in a database that the exchange does not use."""
        return addresses.cluster(self.city.settings).dsn("postgres")

    def log(self, name: str) -> str:
        """What a program has printed."""
        return self._supervisor.log(name).read_text("utf-8", "replace")

    def all_run(self) -> bool:
        """Whether every program runs at this moment."""
        with self._lock:
            return len(self._supervisor.pids()) == len(self._supervisor._running)

    # -- inside

    def _prepare_world(self) -> None:
        """The small world; then every address the exchange is given leads through the proxy."""
        city, ports = self.city, self.city.ports
        intake = self.proxy.route("intake", "127.0.0.1", ports.intake)
        city.world_file.write_text(
            f'state = "{city.state}"\nconnections = "{city.settings.connections}"\n'
            f'[postgres]\ndsn = "{city.world_server.dsn("postgres")}"\n'
            f"[province]\nfront_port = {ports.front}\ngateway_port = {ports.gateway}\n"
            f'[intake]\nurl = "http://127.0.0.1:{intake}"\n'
        )
        whole = world_settings.load(city.world_file)
        self.world = dataclasses.replace(
            whole, bodies={code: whole.bodies[code] for code in BODIES}
        )
        for _ in world_maker.prepare(self.world):
            pass
        self.accounts = account_book.need(self.world)
        for account in self.accounts.writers.values():
            make_witness(city.world_server.dsn(account.database), account.user)
        for code in BODIES:
            if self.world.bodies[code].delivers == "intake":
                make_memory(self.world.folder / "bodies" / f"{code}.sqlite")
        assert city.settings.connections is not None
        told = tomllib.loads(city.settings.connections.read_text("utf-8"))
        account_book.write_connections(
            city.settings.connections,
            {name: self._through_proxy(name, url) for name, url in told.items()},
        )
        pack = policy.load(min(BODIES), wall_clock().date())
        city.write_policy(policy.ROOT / f"{pack.code}.toml")
        city.write_counties(SHIPPED)

    def _through_proxy(self, name: str, url: str) -> str:
        parts = urlsplit(url)
        if parts.port is None:
            return url
        port = self.proxy.route(name, parts.hostname or "127.0.0.1", parts.port)
        netloc = parts.netloc.rpartition(":")[0] + f":{port}"
        return urlunsplit(parts._replace(netloc=netloc))

    def _has_read(self) -> bool:
        with suppress(psycopg.Error), self.store() as conn:
            row = conn.execute(
                "select count(distinct body) from feed where pulled_at is not null"
            ).fetchone()
            return row is not None and row[0] >= len(BODIES) - 1
        return False

    def _has_projects(self) -> bool:
        with suppress(psycopg.Error), self.store() as conn:
            row = conn.execute(
                "select count(distinct body) from version"
                " where table_code = 'SPGL_XMJBXXB' and state = 'confirmed'"
            ).fetchone()
            return row is not None and row[0] >= len(RATES)
        return False

    def _tell(
        self, name: str, settings: dict[str, Any] | None, order: dict[str, Any] | None
    ) -> None:
        folder = self.city.state / "simulate"
        folder.mkdir(exist_ok=True, mode=0o700)
        path = folder / f"{name}.json"
        told = json.loads(path.read_text("utf-8")) if path.exists() else {}
        kept = {} if settings is None else told.get("settings", {}) | settings
        once = told.get("once", []) + ([order] if order else [])
        write_whole(path, json.dumps({"settings": kept, "once": once}).encode())

    def _run(self, name: str, *argv: str) -> None:
        done = subprocess.run(
            argv, env=self.environment(), capture_output=True, text=True, timeout=COMMAND_S
        )
        assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"

    def _keep(self) -> None:
        while not self._leave.wait(LOOK_AFTER_S):
            with self._lock:
                self.said += self._supervisor.watch()

    def _resume_all(self) -> None:
        for pid in self._supervisor.pids().values():
            with suppress(psutil.Error):
                psutil.Process(pid).resume()
