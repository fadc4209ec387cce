"""A demo from its first line to its last: set up, live, drain, report, stop everything."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.console import Console, RenderableType
from rich.live import Live

from connectors.county import load_bodies
from exchange import airflow_service
from exchange.demo import figures, view
from exchange.demo.city import City
from exchange.demo.figures import Figures
from exchange.demo.processes import Supervisor, recorded
from exchange.demo.setting_up import SettingUp
from exchange.demo.stopping import stop_recorded, stop_servers
from exchange.errors import StopError, TryLaterError
from exchange.judging.rulesets import Rulesets
from exchange.notices.days import day_of
from exchange.rounds.outflow import score
from exchange.rounds.wiring import promises_of
from exchange.store import addresses
from exchange.store.connection import Store

REFRESH_S, LINE_S, LOOK_S = 3.0, 15.0, 0.5
DRAIN_S, QUIET_S = 120.0, 15.0  # without any movement: with, without records under way
WIDTH = 130
"""Columns of the table when it is not written to a terminal."""
_NEWS = 4
_EXIT_UNACCOUNTED, _EXIT_DONE = 1, 0


class DemoRunsError(TryLaterError):
    """A demo runs already, process {pid}. End it with Ctrl-C there, or by `./run stop`."""


class NotOurFolderError(StopError):
    """The folder {folder} cannot be written by this user: {why}.

    It was made by another one. Run as that user, remove the folder, or set SPGL_STATE to another.
    """


@dataclass(frozen=True)
class Options:
    """How long (None: until Ctrl-C), without a terminal view, going on with the world before."""

    minutes: float | None = None
    headless: bool = False
    keep: bool = False
    with_airflow: bool = True


def run(city: City, options: Options) -> int:
    """Runs a demo; prints its table and, as the last line of standard output, its JSON.

    Returns 0 when nothing is unaccounted for and no process is left, else 1. Raises DemoRunsError,
    PortsInUseError, NotOurFolderError before anything is started, PartFailedError afterwards, with
    everything stopped again.
    """
    _refuse_second(city)
    city.ports.refuse_if_in_use()
    _prepare_folder(city, keep=options.keep)
    demo = _Demo(city, options)
    before = signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        result = demo.live()
    finally:
        # From here on nothing may interrupt: what was started must be stopped.
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, signal.SIG_IGN)
        left = demo.stop()
        signal.signal(signal.SIGTERM, before)
        signal.signal(signal.SIGINT, signal.default_int_handler)
    print(figures.as_line(result), flush=True)
    return _EXIT_UNACCOUNTED if result.total["unaccounted"] or left else _EXIT_DONE


class _Demo:
    """One running demo."""

    def __init__(self, city: City, options: Options) -> None:
        self._city = city
        self._options = options
        self._began = time.monotonic()
        self._since = datetime.now(UTC)
        self._supervisor = Supervisor(city.run_folder)
        self._setting_up = SettingUp(city, self._supervisor, began=self._began)
        self._say = self._setting_up.say
        self._console = Console()
        if not self._console.is_terminal:
            self._console = Console(width=WIDTH)
        self._bodies = load_bodies()
        self._rulesets = Rulesets(self._bodies, city.settings.policy)
        self._store: Store | None = None
        self._last: Figures | None = None
        self._news: deque[str] = deque(maxlen=_NEWS)

    def live(self) -> Figures:
        """Sets up, lives for the time asked for, drains; returns the last figures."""
        self._setting_up.everything(with_airflow=self._options.with_airflow)
        self._store = Store(addresses.app_url(self._city.settings), by="demo")
        self._setting_up.first_round(self._store)
        self._setting_up.counties()
        self._say(f"一切就绪 / everything is up. {self._where()}")
        with suppress(KeyboardInterrupt):
            self._watch()
            self._say("县市停止报送，等在途记录办完 / counties stop; waiting for what is under way")
            self._drain()
        result = self._final()
        self._console.print(view.table(result, "演示结果 / result"))
        self._say(self._audit())
        self._say(self._links())
        self._say(self._scorecard())
        return result

    def stop(self) -> list[str]:
        """Stops everything; returns what is left, which is nothing if all went well."""
        self._say("停止全部进程 / stopping everything")
        if self._store is not None:
            self._store.close()
        for name in self._supervisor.stop():
            self._say(f"{name} 未按时退出，已强制结束 / had to be killed")
        stop_servers(self._city)
        left = [f"{process.pid} {process.name()}" for process in self._supervisor.left()]
        self._say(f"残留进程 / left: {', '.join(left) or '无 none'}")
        return left

    def _watch(self) -> None:
        """Until the minutes asked for are over, counted from now, or Ctrl-C."""
        minutes = self._options.minutes
        end = None if minutes is None else time.monotonic() + 60 * minutes
        if minutes is not None:
            self._say(f"从现在起 {minutes:g} 分钟 / {minutes:g} minutes from now")
        if self._options.headless or not self._console.is_terminal:
            self._loop(end, LINE_S, lambda seen: self._say(seen.line()))
            return
        with Live(console=self._console, auto_refresh=False) as live:
            self._loop(end, REFRESH_S, lambda seen: live.update(self._screen(seen), refresh=True))

    def _loop(self, end: float | None, every: float, show: Callable[[Figures], None]) -> None:
        """Looks after the programs until ``end``; shows the figures each so many seconds."""
        shown = 0.0
        while end is None or time.monotonic() < end:
            self._look_after()
            if time.monotonic() - shown >= every:
                shown = time.monotonic()
                seen = self._read()
                if seen is not None:
                    show(seen)
            time.sleep(LOOK_S)

    def _drain(self) -> None:
        """Until nothing is under way and nothing new came, or nothing has moved for too long."""
        self._supervisor.stop(["counties"])
        moved_at, stood = time.monotonic(), (-1, -1)
        patience = DRAIN_S
        while time.monotonic() - moved_at < patience:
            self._look_after()
            seen = self._read()
            if seen is not None:
                total = seen.total
                patience = DRAIN_S if total["waiting"] else QUIET_S
                if stood != (stands := (total["acknowledged"], total["waiting"])):
                    moved_at, stood = time.monotonic(), stands
            time.sleep(1)

    def _look_after(self) -> None:
        """Starts again what died, and says so."""
        for line in self._supervisor.watch():
            self._news.append(f"{datetime.now().astimezone():%H:%M:%S} {line}")
            if self._options.headless:
                self._say(line)

    def _read(self, *, full: bool = False) -> Figures | None:
        """The figures, or None while the store is away."""
        assert self._store is not None
        with suppress(TryLaterError):
            now = datetime.now(UTC)
            promises = promises_of(self._rulesets, self._bodies, now)
            self._last = figures.read(self._store, promises, since=self._since, now=now, full=full)
            return self._last
        self._news.append("台账库暂时连不上 / the store is away for the moment")
        return None

    def _final(self) -> Figures:
        """The figures at the end; waits for a store that is just coming back."""
        deadline = time.monotonic() + DRAIN_S
        while True:
            seen = self._read(full=True)
            if seen is not None:
                return seen
            if time.monotonic() > deadline:
                raise TryLaterError(
                    "the store does not come back; see the logs in the state folder"
                )
            self._look_after()
            time.sleep(1)

    def _screen(self, seen: Figures) -> RenderableType:
        title = f"工程审批数据交换 · 演示 {_clock(time.monotonic() - self._began)}"
        return view.screen(seen, title, list(self._news), f"{self._where()}  Ctrl-C 结束 / ends")

    def _where(self) -> str:
        if not self._options.with_airflow:
            return f"日志 / logs: {self._city.run_folder}"
        password = airflow_service.ensure_logins(airflow_service.folder(self._city.settings))
        return (
            f"Airflow: {airflow_service.address(self._city.settings)} "
            f"用户 user: admin 口令 password: {password['admin']}"
        )

    def _audit(self) -> str:
        """What the simulated province says itself: did anything come twice?"""
        done = subprocess.run(
            self._city.simulator("province", "audit"),
            env=self._city.environment(),
            capture_output=True,
            text=True,
        )
        try:
            twice = json.loads(done.stdout)["duplicates"]
        except (ValueError, KeyError):
            return f"省级查重未能进行 / the province's audit did not run: {done.stderr.strip()}"
        return f"省级平台查重：重复 {twice} / the province counts {twice} duplicates"

    def _links(self) -> str:
        """What does not open in the simulated archive, looked at as the hourly flow does."""
        done = subprocess.run(
            self._city.exchange("links", "--format", "json"),
            env=self._city.environment(),
            capture_output=True,
            text=True,
        )
        try:
            found = len(json.loads(done.stdout))
        except ValueError:
            return f"链接未能探测 / links were not looked at: {done.stderr.strip()}"
        return f"打不开的链接 {found} 处 / links that do not open: {found}"

    def _scorecard(self) -> str:
        """The scorecard of the day so far, as the daily flow would write it at night."""
        now = datetime.now(UTC)
        try:
            page, *_ = score(self._city.settings, day=day_of(now), now=now)
        except TryLaterError as error:
            return f"评分未能写出 / no scorecard: {error}"
        return f"今天的评分 / today's scorecard: {page}"


def _refuse_second(city: City) -> None:
    for record in recorded(city.run_folder)[:1]:
        if record.pid != os.getpid() and record.runs():
            raise DemoRunsError(pid=record.pid)


def _prepare_folder(city: City, *, keep: bool) -> None:
    """An empty folder, or with ``keep`` the one there; what an earlier demo left is ended."""
    stop_recorded(city)
    try:
        if city.state.exists() and not keep:
            shutil.rmtree(city.state)
        city.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        city.state.chmod(0o700)
    except PermissionError as error:
        raise NotOurFolderError(folder=city.state, why=error.strerror) from error


def _as_interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
