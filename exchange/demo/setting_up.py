"""Everything a demo needs, brought up in order, a line of progress for each part."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime

import click

from connectors.county import ROOT as SHIPPED
from connectors.county import load_bodies
from exchange import airflow_service
from exchange.demo.city import City
from exchange.demo.processes import Program, Supervisor
from exchange.errors import TryLaterError
from exchange.store import addresses
from exchange.store.connection import Store
from exchange.store.queries import load
from schemas import policy
from validators.record import wall_time

SERVER_S, COMMAND_S, AIRFLOW_S, FIRST_PULL_S = 120.0, 300.0, 240.0, 240.0
PUSHED = "http_intake"
_LAST_LINES = 12


class PartFailedError(TryLaterError):
    """The demo cannot go on: {part} {what}. See {log}."""


class SettingUp:
    """Brings the parts of a city up one after another, some at the same time."""

    def __init__(self, city: City, supervisor: Supervisor, *, began: float) -> None:
        """``began`` is the monotonic time from which progress is counted."""
        self._city = city
        self._supervisor = supervisor
        self._began = began

    def everything(self, *, with_airflow: bool) -> None:
        """All parts but the counties, which begin to live when somebody listens.

        Raises PartFailedError with the end of the log of the part that did not come up.
        """
        self._servers()
        with ThreadPoolExecutor(max_workers=2) as both:
            ours = both.submit(self._our_databases, with_airflow=with_airflow)
            world = both.submit(self._world)
            ours.result()
            world.result()
        self._start(self._city.province())
        self._start(self._city.archive())
        self._start(self._city.intake())
        if with_airflow:
            if self._city.workers:
                self._queue()
            self._airflow()
        else:
            for program in self._city.loops():
                self._start(program)

    def first_round(self, store: Store) -> None:
        """Waits until the first pulling round has begun: from then on nothing lies about."""
        self.say("等第一轮拉取开始 / waiting for the first pulling round")
        pulled = {code for code, body in load_bodies().items() if body.connector != PUSHED}

        told = 0

        def has_begun() -> bool:
            nonlocal told
            with store.transaction() as conn:
                rows = conn.execute(load("ledger")["bodies_now"]).fetchall()
            read = {row["code"] for row in rows if row["pulled_at"] or row["failing"]} & pulled
            if len(read) > told:
                told = len(read)
                self.say(f"已读到 {told}/{len(pulled)} 个单位 / bodies read")
            return read == pulled

        self._wait("the first pulling round", "has not begun", FIRST_PULL_S, has_begun)

    def counties(self) -> None:
        """Lets the counties live."""
        self._start(self._city.counties())

    def say(self, text: str) -> None:
        """A line of progress with the seconds since the start."""
        click.echo(f"[{time.monotonic() - self._began:6.1f} s] {text}", err=True)

    def _servers(self) -> None:
        self.say("启动两个 PostgreSQL：数据交换的和外部世界的 / starting two PostgreSQL servers")
        for program in self._city.servers():
            self._start(program, quiet=True)
        ours = addresses.cluster(self._city.settings)
        self._wait("store", "does not answer", SERVER_S, lambda: ours.status().running)
        world = self._city.world_server
        self._wait("world-store", "does not answer", SERVER_S, lambda: world.status().running)
        self._city.write_world()
        self._city.write_environment()
        pack = policy.load(min(load_bodies()), wall_time(datetime.now(UTC)).date())
        self._city.write_policy(policy.ROOT / f"{pack.code}.toml")
        self._city.write_counties(SHIPPED)

    def _our_databases(self, *, with_airflow: bool) -> None:
        self.say("建立台账库 / making the store")
        self._do("init", self._city.exchange("init"))
        if with_airflow:
            self.say("建立 Airflow 库 / making Airflow's database")
            self._do("airflow-migrate", self._city.exchange("airflow", "db", "migrate"))

    def _world(self) -> None:
        self.say("建立县市前置库和省级平台（模拟） / making the simulated counties and province")
        printed = self._do("world", self._city.simulator("world", "prepare"))
        for line in printed.splitlines():
            if line.startswith("!!"):
                self.say(line)

    def _queue(self) -> None:
        if shutil.which("redis-server") is None:
            raise PartFailedError(
                part="queue", what="needs redis-server, which is not installed (./run parts)",
                log=self._city.run_folder,
            )  # fmt: skip
        self._start(self._city.queue())
        listening = ("127.0.0.1", self._city.ports.queue)
        self._wait("queue", "does not answer", SERVER_S, lambda: _listens(listening))

    def _airflow(self) -> None:
        programs = self._city.airflow()
        api, dags = programs.pop("airflow-api"), programs.pop("airflow-dags")
        for program in (api, dags):
            self._start(program)
        health = f"{airflow_service.address(self._city.settings)}api/v2/monitor/health"
        self._wait("airflow-api", "does not answer", AIRFLOW_S, lambda: _answers(health))
        # Tasks report to the pages' server: without it they could not begin.
        for program in programs.values():
            self._start(program)

    def _start(self, program: Program, *, quiet: bool = False) -> None:
        pid = self._supervisor.start(program)
        if not quiet:
            self.say(f"启动 {program.name} / started, process {pid}")

    def _do(self, name: str, argv: Sequence[str]) -> str:
        """Runs one command to its end; returns what it printed."""
        log = self._supervisor.log(name)
        with log.open("w", encoding="utf-8") as out:
            try:
                code = subprocess.run(
                    argv,
                    env=self._city.environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=out,
                    timeout=COMMAND_S,
                ).returncode
            except subprocess.TimeoutExpired:
                raise self._failure(name, f"has not ended within {COMMAND_S:.0f} s") from None
        if code:
            raise self._failure(name, f"ended with exit code {code}")
        return log.read_text("utf-8", "replace")

    def _wait(self, part: str, what: str, seconds: float, ready: Callable[[], bool]) -> None:
        """Looks again and again until ``ready``; what dies meanwhile is started again."""
        deadline = time.monotonic() + seconds
        while True:
            with suppress(TryLaterError):
                if ready():
                    return
            for line in self._supervisor.watch():
                self.say(line)
            if time.monotonic() > deadline:
                raise self._failure(part, f"{what} after {seconds:.0f} s")
            time.sleep(0.3)

    def _failure(self, part: str, what: str) -> PartFailedError:
        log = self._supervisor.log(part)
        lines = log.read_text("utf-8", "replace").splitlines() if log.exists() else []
        tail = "\n".join(lines[-_LAST_LINES:]) or "(empty)"
        text = f"The demo cannot go on: {part} {what}. The end of {log}:\n{tail}"
        return PartFailedError(text, part=part, what=what, log=log)


def _listens(address: tuple[str, int]) -> bool:
    with suppress(OSError), socket.create_connection(address, timeout=2):
        return True
    return False


def _answers(url: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(url, timeout=2):  # noqa: S310  our own address
        return True
    return False
