"""What a demo consists of: its folder, its environment, its programs, the world's file."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from exchange import airflow_service
from exchange.demo.ports import Ports
from exchange.demo.processes import Program
from exchange.settings import ROOT, Settings
from exchange.store.documents import write_whole
from exchange.store.embedded import Cluster
from exchange.store.passwords import Passwords

PRODUCTION_ONLY = (
    "SPGL_DATABASE_URL",
    "SPGL_OWNER_DATABASE_URL",
    "SPGL_AIRFLOW_DATABASE_URL",
    "SPGL_QUEUE_URL",
    "SPGL_AIRFLOW_HOST",
    "SPGL_CONNECTIONS",
    "SPGL_POLICY",
    "SPGL_COUNTIES",
)
"""Settings a demo must not inherit: it lives in a store and a world of its own."""
OWN = (*PRODUCTION_ONLY, "SPGL_STATE", "SPGL_AIRFLOW_PORT", "SPGL_INTAKE_PORT")
"""What a shell must be told so that commands meet the demo."""

SHORTENED_S = {"collect_for_s": 12, "settle_s": 30}
"""In the demo a case gathers findings for seconds, so that its whole life fits into minutes."""


@dataclass(frozen=True)
class City:
    """A demo's place on this machine. All it writes is under ``state``; nothing else is touched."""

    state: Path
    ports: Ports
    pg_bin: Path | None = None
    workers: int = 0

    @classmethod
    def at(cls, settings: Settings, ports: Ports, *, workers: int = 0) -> City:
        """The demo that belongs to an installation: the folder ``demo`` in its state folder.

        With ``workers`` Airflow's tasks go over a queue to so many workers, as on as many machines.
        """
        return cls(settings.state / "demo", ports, settings.pg_bin, workers)

    @property
    def settings(self) -> Settings:
        """The settings with which the exchange runs in the demo."""
        return Settings(
            state=self.state,
            connections=self.state / "connections.toml",
            policy=self.state / "policy.toml",
            counties=self.state / "counties",
            pg_bin=self.pg_bin,
            queue_url=self._queue_url() if self.workers else None,
            airflow_port=self.ports.airflow,
            intake_port=self.ports.intake,
        )

    @property
    def run_folder(self) -> Path:
        """Logs of the programs and the record of what runs."""
        return self.state / "run"

    @property
    def world_file(self) -> Path:
        """What the simulators are told about this machine."""
        return self.state / "world.toml"

    @property
    def world_server(self) -> Cluster:
        """The PostgreSQL of counties and province, apart from ours: each can die alone."""
        return Cluster(self.state / "world" / "postgres", programs=self.pg_bin)

    def environment(self) -> dict[str, str]:
        """What every program of the demo inherits."""
        kept = {name: text for name, text in os.environ.items() if name not in PRODUCTION_ONLY}
        settings = self.settings
        given = {
            "PYTHONPATH": str(ROOT),
            "SPGL_STATE": str(self.state),
            "SPGL_CONNECTIONS": str(settings.connections),
            "SPGL_POLICY": str(settings.policy),
            "SPGL_COUNTIES": str(settings.counties),
            "SPGL_AIRFLOW_PORT": str(self.ports.airflow),
            "SPGL_INTAKE_PORT": str(self.ports.intake),
        }
        if self.workers:
            given["SPGL_QUEUE_URL"] = self._queue_url()
        return kept | given

    def write_environment(self) -> None:
        """``environment``, to be read by a shell in which commands are to meet this demo."""
        lines = [
            f"export {name}={shlex.quote(value)}\n"
            for name, value in self.environment().items()
            if name in OWN
        ]
        write_whole(self.state / "environment", "".join(lines).encode())

    def write_policy(self, shipped: Path) -> None:
        """The city's policy pack with less time to gather findings and for dossiers to settle."""
        lines = []
        for line in shipped.read_text("utf-8").splitlines():
            name = line.partition(" = ")[0]
            lines.append(f"{name} = {SHORTENED_S[name]}" if name in SHORTENED_S else line)
        write_whole(self.state / "policy.toml", ("\n".join(lines) + "\n").encode())

    def write_counties(self, shipped: Path) -> None:
        """The shipped bodies, each allowing the simulated archive to be looked at, nothing else."""
        folder = self.state / "counties"
        folder.mkdir(mode=0o700, exist_ok=True)
        archive = f"http://127.0.0.1:{self.ports.archive}/"
        links = f'\n[links]\nallow = ["{archive}"]\nattachment = "{archive}f/{{ID}}"\n'
        for path in sorted(shipped.glob("*.toml")):
            own = path.read_text("utf-8").partition("\n[links]\n")[0]
            write_whole(folder / path.name, (own + links).encode())

    def write_world(self) -> None:
        """``world.toml``; holds the password of the world's server, hence 0600."""
        dsn = self.world_server.dsn("postgres")
        text = (
            f'state = "{self.state}"\n'
            f'connections = "{self.settings.connections}"\n'
            f'[postgres]\ndsn = "{dsn}"\n'
            f"[mariadb]\nport = {self.ports.mariadb}\n"
            f"[province]\nfront_port = {self.ports.front}\ngateway_port = {self.ports.gateway}\n"
            f'[intake]\nurl = "http://127.0.0.1:{self.ports.intake}"\n'
            f"[archive]\nport = {self.ports.archive}\n"
        )
        write_whole(self.world_file, text.encode())

    def exchange(self, *arguments: str) -> tuple[str, ...]:
        """The command line of one of our own commands."""
        return (sys.executable, "-m", "exchange", *arguments)

    def simulator(self, name: str, *arguments: str) -> tuple[str, ...]:
        """The command line of a simulator; simulators are started, never imported."""
        return (
            *(sys.executable, "-m", f"simulators.{name}", *arguments),
            *("--config", str(self.world_file)),
        )

    def servers(self) -> list[Program]:
        """The two PostgreSQL servers, ours and the world's."""
        world = str(self.world_server.folder)
        return [
            self._program("store", self.exchange("store", "keep"), grace_s=30),
            self._program(
                "world-store", self.exchange("store", "keep", "--data-dir", world), grace_s=30
            ),
        ]

    def province(self) -> Program:
        """The simulated province."""
        return self._program("province", self.simulator("province"))

    def counties(self) -> Program:
        """The simulated counties, zones and departments."""
        return self._program("counties", self.simulator("county", "--all"))

    def archive(self) -> Program:
        """Where the attachments that rows name are opened."""
        return self._program("archive", self.simulator("archive"))

    def intake(self) -> Program:
        """Our HTTP intake."""
        return self._program("intake", self.exchange("intake"))

    def loops(self) -> list[Program]:
        """The rounds as plain processes, for a demo without Airflow."""
        slow = (sys.executable, "-m", "exchange.demo.slow_rounds")
        return [
            self._program("pull", self.exchange("sync"), grace_s=30),
            self._program("deliver", self.exchange("deliver"), grace_s=30),
            self._program("slow-rounds", slow, grace_s=30),
        ]

    def airflow(self) -> dict[str, Program]:
        """Airflow's processes by name, started as a service manager starts them."""
        parts = dict(airflow_service.COMPONENTS)
        for number in range(1, self.workers + 1):
            name = ("--celery-hostname", f"worker-{number}@%h")
            parts[f"airflow-worker-{number}"] = (*airflow_service.WORKER, *name)
        return {
            name: replace(
                self._program(name, self.exchange("airflow", *arguments), grace_s=8),
                whole_session=True,
            )
            for name, arguments in parts.items()
        }

    def queue(self) -> Program:
        """The queue between scheduler and workers; its password stands in a file of ours alone."""
        configuration = self.run_folder / "queue.conf"
        lines = (
            "bind 127.0.0.1", f"port {self.ports.queue}", f"requirepass {self._queue_password()}",
            f"dir {self.run_folder}", 'save ""', "appendonly no",
        )  # fmt: skip
        write_whole(configuration, ("\n".join(lines) + "\n").encode())
        return self._program("queue", ("redis-server", str(configuration)))

    def _queue_url(self) -> str:
        return f"redis://:{self._queue_password()}@127.0.0.1:{self.ports.queue}/0"

    def _queue_password(self) -> str:
        return Passwords(self.run_folder / "queue-password.json").ensure("queue")

    def _program(self, name: str, argv: tuple[str, ...], *, grace_s: float = 15) -> Program:
        return Program(name, argv, self.environment(), grace_s=grace_s)
