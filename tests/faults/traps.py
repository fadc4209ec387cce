"""Named points in the program at which a process can be made to die, to the line, without a mock.

A program started through ``tests.faults.trapped`` wraps the functions named here. A point does
nothing until it is armed by a file of its name in the folder of traps; the first process that
reaches it claims the file by a rename, so one armed trap strikes exactly once, in one process.
"""

from __future__ import annotations

import functools
import importlib
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

FOLDER = "SPGL_FAULT_TRAPS"
SIGNALS = {"kill": signal.SIGKILL, "pause": signal.SIGSTOP}

Strike = Literal["kill", "pause"]


class NoSuchPointError(LookupError):
    """A point names a function that the program does not have any more: {target}."""


def _always(_result: Any) -> bool:
    return True


def _new_rows(landed: Any) -> bool:
    return bool(landed.new)


def _wrote(results: Any) -> bool:
    return any(result.outcome == "sent" for result in results)


@dataclass(frozen=True)
class Point:
    """Where: a function as ``module:name``, on entering or leaving it; ``only`` sees its result.

    The module is the one that calls it, so that a point belongs to one program.
    """

    name: str
    target: str
    on: Literal["enter", "leave"]
    only: Callable[[Any], bool] = _always


POINTS = (
    Point("landed-not-committed", "exchange.landing.pull:land", "leave", _new_rows),
    Point("landed-and-committed", "exchange.landing.pull:Pulled.add", "leave"),
    Point("judged-not-committed", "exchange.judging.judge:judge_group", "leave"),
    Point("claimed-not-sent", "connectors.provincial_database:ProvincialDatabase.send", "enter"),
    Point(
        "sent-not-recorded",
        "connectors.provincial_database:ProvincialDatabase.send",
        "leave",
        _wrote,
    ),
    Point("verdicts-not-recorded", "exchange.delivery.confirm:_write", "leave"),
)


class Traps:
    """The folder of traps of one running city, as tests use it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder

    def arm(self, point: str, strike: Strike = "kill") -> None:
        """The next process that reaches the point is struck there."""
        assert any(one.name == point for one in POINTS), point
        for old in self.folder.glob(f"{point}.struck.*"):
            old.unlink()
        draft = self.folder / f".{point}"
        draft.write_text(strike)
        draft.rename(self.folder / point)

    def disarm(self, point: str) -> None:
        """Take back a trap that nobody has reached."""
        (self.folder / point).unlink(missing_ok=True)

    def struck(self, point: str) -> int | None:
        """The id of the process that was struck, None while nobody was."""
        found = next(self.folder.glob(f"{point}.struck.*"), None)
        return None if found is None else int(found.suffix[1:])


def install() -> None:
    """Wrap all points, in this process. Raises NoSuchPointError when the program has changed."""
    folder = Path(os.environ[FOLDER])
    for point in POINTS:
        _wrap(point, folder)


def _wrap(point: Point, folder: Path) -> None:
    module_name, _, path = point.target.partition(":")
    *outer, name = path.split(".")
    try:
        module = importlib.import_module(module_name)
        place = functools.reduce(getattr, outer, module)
        original = getattr(place, name)
    except (ImportError, AttributeError) as error:
        raise NoSuchPointError(point.target) from error

    @functools.wraps(original)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if point.on == "enter":
            _reach(point, folder)
        result = original(*args, **kwargs)
        if point.on == "leave" and point.only(result):
            _reach(point, folder)
        return result

    setattr(place, name, wrapped)


def _reach(point: Point, folder: Path) -> None:
    armed = folder / point.name
    if not armed.exists():
        return
    claimed = folder / f"{point.name}.struck.{os.getpid()}"
    with suppress(FileNotFoundError):
        strike = armed.read_text()
        armed.rename(claimed)
        # To this thread: sent to the process, a stop waits until some other thread takes it up,
        # and this one runs on past the point.
        signal.pthread_kill(threading.get_ident(), SIGNALS[strike])
