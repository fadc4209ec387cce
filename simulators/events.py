"""What happened in the simulated world: one JSON line per event in a file of the state folder."""

from __future__ import annotations

import json
import os
import threading
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def wall_clock() -> datetime:
    """Now, as the clocks on the walls of the city show it."""
    return datetime.now(SHANGHAI)


class Events:
    """A log of one process. Lines are written whole, so a killed process leaves none half."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._lock = threading.Lock()

    def say(self, who: str, what: str, **facts: Any) -> None:
        """One event: who (body or part of the province), what, and its facts."""
        line = {"at": wall_clock().isoformat(timespec="milliseconds"), "who": who, "what": what}
        text = json.dumps(line | facts, ensure_ascii=False, default=str) + "\n"
        with self._lock:
            os.write(self._file, text.encode("utf-8"))

    def close(self) -> None:
        """Closes the file."""
        os.close(self._file)
