"""The ports a demo listens on: known before anything starts, and found free or named."""

from __future__ import annotations

import socket
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from random import SystemRandom

import psutil

from exchange.errors import TryLaterError
from exchange.settings import Settings

FRONT_PORT, GATEWAY_PORT, MARIADB_PORT = 15432, 8420, 13306
QUEUE_PORT, ARCHIVE_PORT = 16379, 8430
_ATTEMPTS = 50
_LOWEST = 10_240
_CLIENTS = Path("/proc/sys/net/ipv4/ip_local_port_range")

MEANING = {
    "airflow": "Airflow 页面 / Airflow's pages",
    "intake": "数据接收接口 / HTTP intake",
    "front": "模拟省级前置库 / simulated province, front database",
    "gateway": "模拟省级接口 / simulated province, gateway",
    "mariadb": "模拟县市 MariaDB / simulated counties on MariaDB",
    "queue": "任务队列 / queue of tasks for more than one worker",
    "archive": "模拟县市附件库 / simulated counties' attachments",
}


class PortsInUseError(TryLaterError):
    """Ports that the demo needs are in use: {ports}.

    Stop what holds them (an earlier demo: `./run stop`), or choose others: `--port-base 18000`
    takes seven ports from 18000 on, `--port-base 0` any that are free.
    """


@dataclass(frozen=True)
class Ports:
    """One port for each part that listens, all on the loopback address."""

    airflow: int
    intake: int
    front: int
    gateway: int
    mariadb: int
    queue: int
    archive: int

    @classmethod
    def choose(cls, settings: Settings, base: int | None) -> Ports:
        """The usual ports, seven from ``base`` on, or, with ``base`` 0, seven that are free."""
        if base is None:
            return cls(
                settings.airflow_port, settings.intake_port, FRONT_PORT, GATEWAY_PORT,
                MARIADB_PORT, QUEUE_PORT, ARCHIVE_PORT,
            )  # fmt: skip
        if base == 0:
            base = _free_block(len(fields(cls)))
        return cls(*range(base, base + len(fields(cls))))

    def refuse_if_in_use(self) -> None:
        """Raises PortsInUseError, naming each port that is taken, its use and who holds it."""
        taken = [
            f"{port} ({MEANING[field.name]}{_holder(port)})"
            for field in fields(self)
            if not is_free(port := getattr(self, field.name))
        ]
        if taken:
            raise PortsInUseError(ports="; ".join(taken))


def is_free(port: int) -> bool:
    """Whether a server could listen on the loopback address now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
        return True


def _free_block(size: int) -> int:
    """The first of ``size`` free ports in a row, below those the kernel gives to clients.

    One of those may be taken at any time by a connection that somebody makes.
    """
    for _ in range(_ATTEMPTS):
        start = SystemRandom().randrange(_LOWEST, _first_of_clients() - size)
        if all(is_free(port) for port in range(start, start + size)):
            return start
    raise PortsInUseError(ports=f"no {size} free ports in a row found in {_ATTEMPTS} attempts")


def _first_of_clients() -> int:
    """The lowest port that the kernel gives to clients."""
    with suppress(OSError):
        return max(int(_CLIENTS.read_text().split()[0]), _LOWEST + 1000)
    return 32_768


def _holder(port: int) -> str:
    """Who listens on ``port``, as far as we may see it."""
    with suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            here = connection.laddr and connection.laddr.port == port
            if here and connection.status == psutil.CONN_LISTEN and connection.pid:
                return f", held by process {connection.pid} {psutil.Process(connection.pid).name()}"
    return ""
