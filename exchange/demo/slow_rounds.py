"""The rounds that Airflow starts by the clock, for a demo without Airflow: a loop until SIGTERM."""

from __future__ import annotations

import signal
import threading
from datetime import UTC, datetime

from exchange import rounds
from exchange.errors import TryLaterError
from exchange.settings import Settings

EVERY_S = 10.0


def main() -> None:
    """Judges what was left over, opens links, chases cases; waits when the store is away."""
    settings = Settings.read()
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    while not stop.is_set():
        try:
            rounds.judge_stragglers(settings, now=datetime.now(UTC))
            rounds.review_dossiers(settings, now=datetime.now(UTC))
            print(rounds.probe_links(settings, now=datetime.now(UTC)), flush=True)
            print(rounds.chase(settings, now=datetime.now(UTC)), flush=True)
        except TryLaterError as error:
            print(error, flush=True)
        stop.wait(EVERY_S)


if __name__ == "__main__":
    main()
