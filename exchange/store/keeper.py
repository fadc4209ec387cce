"""Keeps an embedded PostgreSQL running from the foreground, whatever kills it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType

from exchange.errors import TryLaterError
from exchange.store.embedded import Cluster

LOOK_SECONDS = 0.5


def keep(cluster: Cluster, *, say: Callable[[str], None]) -> None:
    """Start the server and start it again when it dies, until told to end; then stop it.

    Ends on SIGTERM and SIGINT, and when somebody else stops the server on purpose. Call it from the
    main thread. Raises the StopErrors of starting; waits and tries again on TryLaterErrors.
    """
    ending = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ending.set()

    before = {kind: signal.signal(kind, end) for kind in (signal.SIGTERM, signal.SIGINT)}
    try:
        _watch(cluster, ending, say)
    finally:
        if cluster.stop():
            say("stopped")
        for kind, handler in before.items():
            signal.signal(kind, handler)


def _watch(cluster: Cluster, ending: threading.Event, say: Callable[[str], None]) -> None:
    started = False
    while not ending.is_set():
        if not cluster.status().running:
            if started and cluster.was_stopped():
                say("somebody stopped the server: not keeping it any longer")
                return
            say("the server died: starting it again" if started else "starting")
            try:
                status = cluster.start()
            except TryLaterError as error:
                say(str(error))
            else:
                started = True
                say(f"PostgreSQL runs: process {status.pid}, 127.0.0.1:{status.port}")
        ending.wait(LOOK_SECONDS)
