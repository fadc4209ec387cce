"""Counties as a process: ``python -m simulators.county --config world.toml --all``.

One process lives all bodies it is given, each in a thread of its own, until SIGTERM. What a body
had begun is in its journal, so it goes on where it was, also after ``kill -9``.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import traceback
from pathlib import Path

from simulators import accounts as account_book
from simulators import settings
from simulators.county.body import Body
from simulators.events import Events
from simulators.settings import WorldError

_SECONDS_TO_LEAVE = 1.8


def main(arguments: list[str] | None = None) -> int:
    """The command line; 0 after a proper stop, 2 when the bodies cannot live."""
    parser = argparse.ArgumentParser(prog="python -m simulators.county", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="world.toml")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--body", nargs="+", metavar="CODE", help="bodies of the city file")
    which.add_argument("--all", action="store_true", help="all bodies of the city file")
    chosen = parser.parse_args(arguments)
    try:
        world = settings.load(chosen.config)
        accounts = account_book.need(world)
        plans = [world.body(code) for code in (world.bodies if chosen.all else chosen.body)]
    except WorldError as error:
        print(f"county: {error}", file=sys.stderr)
        return 2
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    events = Events(world.controls / "county.events.jsonl")

    def live(plan: settings.BodyPlan) -> None:
        while not stop.is_set():
            try:
                Body(world, accounts, plan, events).live(stop)
            except Exception:  # noqa: BLE001 – one body's breakdown must not end the others
                events.say(plan.code, "broke down", trace=traceback.format_exc())
                stop.wait(2)

    threads = [threading.Thread(target=live, args=(plan,), daemon=True) for plan in plans]
    for thread in threads:
        thread.start()
    while not stop.wait(1):
        pass
    for thread in threads:
        thread.join(_SECONDS_TO_LEAVE / len(threads))
    events.say("county", "stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
