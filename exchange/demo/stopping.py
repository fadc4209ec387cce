"""Ends a demo from outside: the one that runs, or what a killed one has left behind."""

from __future__ import annotations

import signal
import subprocess

import psutil

from exchange.demo.city import City
from exchange.demo.processes import Recorded, end, recorded, stop_session
from exchange.store import addresses

SUPERVISOR_S = 150.0
_WORLD_S = 60


def stop_recorded(city: City) -> list[str]:
    """Stops what the last demo of this folder recorded and still runs; returns the names.

    A demo that is alive is asked to end by itself first, which takes its drain and its report.
    """
    found = recorded(city.run_folder)
    if not found:
        return []
    stopped = []
    supervisor, parts = found[0], found[1:]
    if supervisor.runs():
        end([psutil.Process(supervisor.pid)], signal.SIGTERM, grace_s=SUPERVISOR_S)
        stopped.append("demo")
    stopped += [part.name for part in reversed(parts) if _stop(part)]
    return stopped + stop_servers(city)


def stop_servers(city: City) -> list[str]:
    """Stops the database servers that their keepers may have left; returns what ran."""
    stopped = []
    if city.world_file.exists():
        subprocess.run(
            city.simulator("world", "stop"),
            env=city.environment(),
            capture_output=True,
            timeout=_WORLD_S,
        )
    for name, cluster in (
        ("store", addresses.cluster(city.settings)),
        ("world-store", city.world_server),
    ):
        if cluster.folder.exists() and cluster.stop():
            stopped.append(name)
    return stopped


def _stop(part: Recorded) -> bool:
    if not part.session():
        return False
    stop_session(part)
    return True
