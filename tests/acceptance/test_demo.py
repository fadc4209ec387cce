"""The demo as a person starts it: a city lives for some minutes, and the result is judged."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from exchange.demo.processes import recorded
from exchange.settings import ROOT

pytestmark = pytest.mark.acceptance

BUCKETS = ("confirmed", "returned", "held", "waiting", "superseded", "withdrawn")


def start(state: Path, *options: str) -> subprocess.Popen[str]:
    """The demo on ports that are free, with a state folder of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "exchange", "demo", "--headless", "--port-base", "0", *options],
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


def judge(result: dict[str, Any], *, received: int, closed: int) -> None:
    """What must hold of every demo, and how much at least went through."""
    assert result["unaccounted"] == 0
    assert result["received"] == sum(result[bucket] for bucket in BUCKETS)
    assert result["received"] >= received
    assert result["confirmed"] > result["received"] / 2
    assert result["cases"]["opened"] >= result["cases"]["closed"] >= closed
    assert result["latency_s"]["p50"] <= result["latency_s"]["p95"] <= result["latency_s"]["p99"]


@pytest.mark.timeout(600)
def test_a_minute_without_airflow(tmp_path: Path) -> None:
    """The same rounds in plain processes: records flow, everything balances, nothing is left."""
    result = result_of(start(tmp_path, "--minutes", "1", "--without-airflow"))
    judge(result, received=300, closed=0)
    assert nothing_runs(tmp_path)


@pytest.mark.airflow
@pytest.mark.timeout(900)
def test_two_minutes_in_airflow(tmp_path: Path) -> None:
    """The whole of it under Airflow: cases are opened, and some are closed by what came again."""
    result = result_of(start(tmp_path, "--minutes", "2"))
    judge(result, received=500, closed=1)
    assert nothing_runs(tmp_path)


@pytest.mark.airflow
@pytest.mark.queue
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
