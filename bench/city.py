"""A city of many bodies under Airflow, thrown away: the project with as many county files as asked.

A body is one file, so a city of a hundred bodies is this project with a hundred files: the packages
are copied into a folder of the benchmark's own, and the files are written there. Every body has a
front database of its own with all tables of 3.0; the province is one more database.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import cycle, islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import psutil
import psycopg

from bench.county import CHANGED, FLOW
from bench.province import make
from connectors.county import load_bodies
from exchange import airflow_service
from exchange.demo.ports import Ports
from exchange.demo.processes import Program, Supervisor
from exchange.settings import ROOT, Settings
from exchange.store import addresses
from exchange.store.addresses import APP, OWNER
from exchange.store.documents import write_whole
from exchange.store.embedded import Cluster
from schemas.ddl import statements
from schemas.overlay import standard_for
from schemas.sample import flow_setup

PACKAGES = ("connectors", "dags", "exchange", "schemas", "validators")
NEAR_REAL_TIME = "近实时"
OVERLAYS = ("420000", "420600")
READY_S = 300
_TEMPLATE = "front"
_CONNECTIONS_A_BODY, _CONNECTIONS_MORE = 3, 60


@dataclass(frozen=True)
class Front:
    """One body: its code, its front database for who may write there, the flow it sends first."""

    code: str
    division: str
    dsn: str
    flow: dict[str, str | None]


class ManyBodies:
    """The city; ``up`` starts it, ``down`` ends it."""

    def __init__(self, root: Path, count: int) -> None:
        self.standard = standard_for(OVERLAYS, "3.0")
        self._project, state = root / "project", root / "state"
        state.mkdir(mode=0o700)
        self.settings = Settings(
            state=state,
            connections=state / "connections.toml",
            airflow_port=Ports.choose(Settings(state=state), 0).airflow,
        )
        most = _CONNECTIONS_A_BODY * count + _CONNECTIONS_MORE
        self._world = Cluster(root / "world", options={"max_connections": str(most)})
        self._supervisor = Supervisor(root / "run")
        divisions = sorted({min(body.divisions) for body in load_bodies().values()})
        self._codes = [
            (f"{division}-b{number:03}", division)
            for number, division in enumerate(islice(cycle(divisions), count))
        ]
        self.fronts: tuple[Front, ...] = ()
        self.province = ""

    @property
    def store(self) -> str:
        """The URL of the exchange's store."""
        return addresses.app_url(self.settings)

    @property
    def address(self) -> str:
        """Where Airflow's pages are."""
        return airflow_service.address(self.settings)

    def up(self) -> None:
        """Start everything; the bodies have sent nothing yet. Raises SystemExit after 5 minutes."""
        self._world.start()
        self._world.ensure_role(OWNER)
        self._world.ensure_role(APP)
        self.province = make(self._world, self.standard, *self.standard.tables)
        self.fronts = tuple(self._fronts())
        self._copy_project()
        self._start("store", "store", "keep")
        ours = addresses.cluster(self.settings)
        _until(lambda: ours.status().running, "the store")
        self._do("init")
        self._do("airflow", "db", "migrate")
        for name in ("api-server", "dag-processor"):
            self._start(name, "airflow", name)
        _until(lambda: _answers(f"{self.address}api/v2/monitor/health"), "Airflow")
        self._start("scheduler", "airflow", "scheduler", "--skip-serve-logs")

    def down(self) -> None:
        """Stop everything."""
        self._supervisor.stop()
        addresses.cluster(self.settings).stop()
        self._world.stop()

    def processes(self) -> list[psutil.Process]:
        """What is ours and runs: Airflow with its tasks, the store; not the bodies' databases."""
        found = {}
        store = addresses.cluster(self.settings).status().pid
        for number in (*self._supervisor.pids().values(), store):
            with suppress(psutil.Error):
                process = psutil.Process(number)
                for each in (process, *process.children(recursive=True)):
                    found[each.pid] = each
        return list(found.values())

    def _copy_project(self) -> None:
        for package in PACKAGES:
            shutil.copytree(
                ROOT / package, self._project / package,
                ignore=shutil.ignore_patterns("__pycache__"),
            )  # fmt: skip
        shutil.copy(ROOT / "airflow.cfg", self._project)
        # A new installation does at once what falls into a night; that is not the load of the day.
        for flow in (self._project / "dags").glob("*.py"):
            if f'"{NEAR_REAL_TIME}"' not in flow.read_text("utf-8"):
                flow.unlink()
        counties = self._project / "connectors" / "counties"
        for shipped in counties.glob("*.toml"):
            shipped.unlink()
        stored = [f'province_v3 = "{_with_driver(self.province, "psycopg2")}"']
        for number, (code, division) in enumerate(self._codes):
            (counties / f"{code}.toml").write_text(
                f'name = "单位{number:03}"\ndivisions = ["{division}"]\n'
                'effective_from = 2026-01-01\nconnector = "front_database"\nevery = "PT2S"\n'
                '[[contacts]]\noffice = "办公室"\nduty = "整改"\n'
                f'[feeds."3.0"]\nconnection = "front_{number}"\ncursor = "{CHANGED}"\n',
                "utf-8",
            )
            url = _with_driver(self._world.dsn(_name(number), APP), "psycopg2")
            stored.append(f'front_{number} = "{url}"')
        write_whole(self.settings.connections or Path(), "\n".join(stored).encode())
        upstream = next((self._project / "connectors" / "upstreams").glob("*.toml"))
        upstream.write_text(
            'name = "省"\neffective_from = 2026-01-01\n[targets."3.0"]\n'
            'connector = "provincial_database"\nconnection = "province_v3"\nvisible_after_s = 5\n',
            "utf-8",
        )

    def _fronts(self) -> Iterator[Front]:
        """A database for every body, made from one with all tables."""
        self._world.ensure_database(_TEMPLATE, OWNER, users=(APP,))
        with psycopg.connect(self._world.dsn(_TEMPLATE, OWNER), autocommit=True) as conn:
            for table in self.standard.in_order:
                for text in statements(table, "postgresql", loose=True, change_column=CHANGED):
                    conn.execute(text.encode())
            conn.execute(f"grant select on all tables in schema public to {APP}".encode())
        began = datetime(2026, 1, 5, 9)  # noqa: DTZ001 - wall time, as records have it; invented
        with psycopg.connect(self._world.dsn("postgres"), autocommit=True) as conn:
            for number, (code, division) in enumerate(self._codes):
                name = _name(number)
                conn.execute(f"create database {name} template {_TEMPLATE} owner {OWNER}".encode())
                conn.execute(f"grant connect on database {name} to {APP}".encode())
                events = flow_setup(self.standard, division, Random(number), began)
                flow = next(dict(event.record) for event in events if event.table == FLOW)
                yield Front(code, division, self._world.dsn(name, OWNER), flow)

    def _environment(self) -> dict[str, str]:
        kept = {name: text for name, text in os.environ.items() if not name.startswith("SPGL_")}
        return kept | {
            "PYTHONPATH": str(self._project),
            "SPGL_STATE": str(self.settings.state),
            "SPGL_CONNECTIONS": str(self.settings.connections),
            "SPGL_AIRFLOW_PORT": str(self.settings.airflow_port),
        }

    def _start(self, name: str, *arguments: str) -> None:
        argv = ("/usr/bin/env", "-C", str(self._project), sys.executable, "-m", "exchange")
        program = Program(
            name, (*argv, *arguments), self._environment(), whole_session=name != "store"
        )
        self._supervisor.start(program)

    def _do(self, *arguments: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "exchange", *arguments],
            cwd=self._project, env=self._environment(), capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"not measured: exchange {' '.join(arguments)}: {done.stderr[-800:]}")


@contextmanager
def many_bodies(count: int) -> Iterator[ManyBodies]:
    """A city of ``count`` bodies for the time of the block."""
    with TemporaryDirectory(prefix="spgl-bodies-") as name:
        city = ManyBodies(Path(name), count)
        try:
            city.up()
            yield city
        finally:
            city.down()


def _name(number: int) -> str:
    return f"front_{number:03}"


def _with_driver(url: str, driver: str) -> str:
    return url.replace("postgresql://", f"postgresql+{driver}://")


def _until(ready: Callable[[], bool], what: str) -> None:
    ends = time.monotonic() + READY_S
    while not ready():
        if time.monotonic() > ends:
            raise SystemExit(f"not measured: {what} was not ready after {READY_S} s")
        time.sleep(0.5)


def _answers(url: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(url, timeout=5) as answer:  # our own server
        return bool(answer.status == 200)
    return False
