"""The demo as a person starts it: a city lives for some minutes, and the result is judged."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from exchange.demo.processes import recorded
from exchange.settings import ROOT

pytestmark = pytest.mark.acceptance

FIRST_PORT = 23000
"""Below the ports that the system hands out by itself; Airflow's is the first of six."""

BUCKETS = ("confirmed", "returned", "held", "waiting", "superseded", "withdrawn")


def start(state: Path, *options: str, base: int = 0) -> subprocess.Popen[str]:
    """The demo on ports that are free, or from ``base`` on, with a state folder of its own."""
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "exchange",
            "demo",
            "--headless",
            "--port-base",
            str(base),
            *options,
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "SPGL_STATE": str(state)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def result_of(demo: subprocess.Popen[str]) -> dict[str, Any]:
    """Waits for the end, which must be a good one; returns the last line printed."""
    printed, told = demo.communicate()
    assert demo.returncode == 0, f"exit code {demo.returncode}\n{printed[-2000:]}\n{told[-6000:]}"
    assert "重复 0 " in told, told[-3000:]
    result: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return result


def nothing_runs(state: Path) -> bool:
    """Whether no process of any user names the state folder."""
    return not any(
        str(state) in " ".join(process.info["cmdline"] or [])
        for process in psutil.process_iter(["cmdline"])
    )


def status_page(demo: subprocess.Popen[str], passwords: Path) -> dict[str, Any]:
    """What the status page in Airflow says, once it answers; a stranger is turned away first."""
    address = f"http://127.0.0.1:{FIRST_PORT}"
    deadline = time.monotonic() + 400
    while time.monotonic() < deadline:
        assert demo.poll() is None, demo.communicate()
        with suppress(requests.ConnectionError):
            assert requests.get(f"{address}/spgl/promise.json", timeout=60).status_code == 401
            login = {"username": "office", "password": json.loads(passwords.read_text())["office"]}
            token = requests.post(f"{address}/auth/token", json=login, timeout=60).json()
            known = {"Authorization": f"Bearer {token['access_token']}"}
            found = requests.get(f"{address}/spgl/promise.json", headers=known, timeout=60)
            assert found.status_code in {200, 503}, found.text
            if "bodies" in found.json():
                said: dict[str, Any] = found.json()
                return said
        time.sleep(1)
    raise AssertionError("the status page has not answered")


def judge(result: dict[str, Any], *, received: int, closed: int) -> None:
    """What must hold of every demo, and how much at least went through."""
    assert result["unaccounted"] == 0
    assert result["received"] == sum(result[bucket] for bucket in BUCKETS)
    assert result["received"] >= received
    assert result["confirmed"] > result["received"] / 2
    assert result["cases"]["opened"] >= result["cases"]["closed"] >= closed
    assert result["latency_s"]["p50"] <= result["latency_s"]["p95"] <= result["latency_s"]["p99"]


@pytest.mark.beside
@pytest.mark.timeout(600)
def test_half_a_minute_without_airflow(tmp_path: Path) -> None:
    """The same rounds in plain processes: records flow, everything balances, nothing is left."""
    result = result_of(start(tmp_path, "--minutes", "0.5", "--without-airflow"))
    judge(result, received=150, closed=0)
    assert nothing_runs(tmp_path)


@pytest.mark.airflow
@pytest.mark.timeout(900)
def test_a_minute_and_a_half_in_airflow(tmp_path: Path) -> None:
    """The whole of it under Airflow: cases are opened, some closed by what came again.

    Beside it Airflow serves the status page, to whoever is logged in there and to nobody else.
    """
    demo = start(tmp_path, "--minutes", "1.5", base=FIRST_PORT)
    promise = status_page(demo, tmp_path / "demo" / "airflow" / "passwords.json")
    assert promise["bodies"]
    result = result_of(demo)
    judge(result, received=500, closed=1)
    assert nothing_runs(tmp_path)


@pytest.mark.airflow
@pytest.mark.queue
@pytest.mark.faults
@pytest.mark.timeout(900)
def test_a_minute_over_a_queue_with_a_worker_killed(tmp_path: Path) -> None:
    """Two workers share the tasks over a queue; one is killed, and nothing is lost or twice."""
    demo = start(tmp_path, "--minutes", "1", "--workers", "2")
    run_folder = tmp_path / "demo" / "run"
    deadline = time.monotonic() + 400
    while not any(record.name == "counties" for record in recorded(run_folder)):
        assert demo.poll() is None, demo.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.2)
    worker = next(one for one in recorded(run_folder) if one.name == "airflow-worker-1")
    for process in worker.session():
        process.kill()
    judge(result_of(demo), received=200, closed=0)
    assert nothing_runs(tmp_path)


@pytest.mark.faults
@pytest.mark.timeout(300)
def test_stop_ends_a_demo_whose_supervisor_was_killed(tmp_path: Path) -> None:
    """After kill -9 of the demo itself, `stop` finds by the record what still runs."""
    demo = start(tmp_path, "--without-airflow")
    run_folder = tmp_path / "demo" / "run"
    deadline = time.monotonic() + 200
    while not any(record.name == "pull" for record in recorded(run_folder)):
        assert demo.poll() is None, demo.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.2)
    demo.send_signal(signal.SIGKILL)
    demo.communicate()
    assert not nothing_runs(tmp_path)
    subprocess.run(
        [sys.executable, "-m", "exchange", "stop"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "SPGL_STATE": str(tmp_path)},
        check=True,
    )
    assert nothing_runs(tmp_path)


@pytest.mark.timeout(120)
def test_a_port_in_use_is_named_before_anything_starts(tmp_path: Path) -> None:
    """Exit code 2, the port and its use, and no trace of a demo."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "exchange", "demo", "--port-base", str(port)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "SPGL_STATE": str(tmp_path)},
            capture_output=True,
            text=True,
        )
    assert done.returncode == 2
    assert f"{port} (Airflow 页面" in done.stderr
    assert not (tmp_path / "demo").exists()
