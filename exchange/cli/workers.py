"""What commands that work for a while share: until when, told to stop, which bodies."""

from __future__ import annotations

import signal
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import click

from connectors.county import load_bodies

FOR_EVER = datetime.max.replace(tzinfo=UTC)


def until(seconds: float | None) -> datetime:
    """The end of the work: so many seconds from now, or never."""
    return FOR_EVER if seconds is None else datetime.now(UTC) + timedelta(seconds=seconds)


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set, so that work ends between two transactions."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    return stop


def chosen_bodies(codes: Sequence[str]) -> list[str]:
    """The bodies asked for, all when none is; refuses codes that no county file names."""
    known = load_bodies()
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise click.BadParameter(
            f"no county file for {', '.join(unknown)}; there are: {', '.join(known)}"
        )
    return list(codes) or list(known)
