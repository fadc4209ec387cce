"""The watch over the scheduler: whom it ends, whom it leaves alone, what it passes on."""

from __future__ import annotations

import http.server
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from exchange import scheduler_watch
from exchange.scheduler_watch import ENDED_BY_US, Patience

_SLEEPS_WITH_A_CHILD = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("up", flush=True)
time.sleep(600)
"""
_WATCH = """
import sys
from exchange import scheduler_watch as watch
watch._LOOK_EVERY_S, watch.STARTS_WITHIN_S, watch.GIVEN_UP_AFTER_S = 0.2, 0.5, 0.5
said = {"true": True, "false": False, "none": None}[sys.argv[1]]
command = [sys.executable, "-c", sys.argv[2]]
sys.exit(watch.keep(command, {}, lambda: said, lambda text: print(text, flush=True)))
"""


@pytest.mark.parametrize(
    ("told", "given_up"),
    [
        pytest.param([True] * 20, False, id="healthy"),
        pytest.param([False] * 12, False, id="a new one is not judged for its first minute"),
        pytest.param([False] * 13, True, id="unhealthy for a minute"),
        pytest.param([True] * 13 + [False] * 5, False, id="unhealthy for 25 s"),
        pytest.param([True] * 13 + [False] * 6, True, id="unhealthy for 30 s"),
        pytest.param([False] * 5 + [True] + [False] * 7, True, id="healthy once, 35 s ago"),
        pytest.param([None] * 40, False, id="nobody can say"),
        pytest.param([False] * 11 + [None] + [False] * 5, False, id="silence begins anew"),
    ],
)
def test_the_scheduler_is_given_up(told: list[bool | None], given_up: bool) -> None:
    """It is given up after a minute, when the server has called it unhealthy for 30 s on end."""
    patience = Patience(born=1000.0, last_sign=1000.0)
    heard = [patience.hears(each, 1000.0 + 5 * turn) for turn, each in enumerate(told)]
    assert any(heard) is given_up


@contextmanager
def watched(health: str, program: str) -> Iterator[subprocess.Popen[str]]:
    """A watch with a short patience over a program; both are gone afterwards."""
    with subprocess.Popen(
        [sys.executable, "-c", _WATCH, health, program], text=True, stdout=subprocess.PIPE
    ) as watch:
        try:
            yield watch
        finally:
            for process in psutil.Process(os.getpid()).children(recursive=True):
                process.kill()


def test_one_that_lives_but_does_not_work_is_ended_with_all_it_runs() -> None:
    """What hangs is killed with its children; the exit code asks to be started again."""
    with watched("false", _SLEEPS_WITH_A_CHILD) as watch:
        assert watch.stdout is not None
        assert watch.stdout.readline() == "up\n"
        started = psutil.Process(watch.pid).children(recursive=True)
        assert len(started) == 2
        assert watch.wait(20) == ENDED_BY_US
        assert "no sign of work" in watch.stdout.read()
        _, alive = psutil.wait_procs(started, timeout=10)
        assert alive == []


@pytest.mark.parametrize("health", ["true", "none"])
def test_one_that_works_or_that_nobody_knows_of_is_left_alone(health: str) -> None:
    """A healthy scheduler, and one of which the server cannot tell, live on; a stop reaches it."""
    with watched(health, _SLEEPS_WITH_A_CHILD) as watch:
        assert watch.stdout is not None
        assert watch.stdout.readline() == "up\n"
        time.sleep(3)
        assert watch.poll() is None
        watch.send_signal(signal.SIGTERM)
        assert watch.wait(20) == 128 + signal.SIGTERM


def test_what_ends_by_itself_gives_its_own_exit_code() -> None:
    """The exit code of the scheduler is the exit code of its watch."""
    with watched("true", "raise SystemExit(7)") as watch:
        assert watch.wait(20) == 7


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"metadatabase": {"status": "healthy"}, "scheduler": {"status": "healthy"}}, True),
        ({"metadatabase": {"status": "healthy"}, "scheduler": {"status": "unhealthy"}}, False),
        ({"metadatabase": {"status": "unhealthy"}, "scheduler": {"status": "unhealthy"}}, None),
        ({"detail": "starting"}, None),
        ([], None),
    ],
)
def test_the_server_is_believed_only_while_it_sees_the_store(body: object, said: object) -> None:
    """Without its database the server knows nothing of the scheduler; other answers say nothing."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert self.path == "/api/v2/monitor/health"
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert scheduler_watch.healthy(f"http://127.0.0.1:{server.server_port}/") is said
        server.shutdown()


def test_nobody_there_says_nothing() -> None:
    """A server that does not answer is no reason to end the scheduler."""
    assert scheduler_watch.healthy("http://127.0.0.1:1/") is None
