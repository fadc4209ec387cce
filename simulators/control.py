"""How a running simulator is told to change, and how it shows what it does.

Two JSON files in ``<state>/simulate/``, both written whole and put in place by a rename:

``<name>.json`` is written by people and read by the simulator, each second::

    {"settings": {"mistakes": 0.2}, "once": [{"id": "<unique>", "do": "flood", "rows": 500}]}

``<name>.present.json`` is written by the simulator::

    {"name", "pid", "at", "settings": {…in force…}, "allowed": {"mistakes": {"kind": "number",
     "low": 0, "high": 1, "default": 0.1, "meaning": "…"}, …}, "once": {"flood": "…"},
     "refused": ["…why a setting was not taken"], "figures": {…}}
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

Kind = Literal["number", "flag", "choice"]


@dataclass(frozen=True, slots=True)
class Setting:
    """What a setting may be; ``meaning`` carries the unit."""

    kind: Kind
    default: Any
    meaning: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()

    def problem(self, value: Any) -> str | None:
        """Why ``value`` cannot be taken, or None."""
        if self.kind == "flag":
            return None if isinstance(value, bool) else "must be true or false"
        if self.kind == "choice":
            return None if value in self.choices else f"must be one of {', '.join(self.choices)}"
        if isinstance(value, bool) or not isinstance(value, int | float):
            return "must be a number"
        if (self.low is not None and value < self.low) or (
            self.high is not None and value > self.high
        ):
            return f"must lie between {self.low} and {self.high}"
        return None


class Control:
    """The control files of one simulator. Settings that were never given keep their default."""

    def __init__(
        self, folder: Path, name: str, allowed: Mapping[str, Setting], once: Mapping[str, str]
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._name = name
        self._allowed = allowed
        self._once = once
        self._told = folder / f"{name}.json"
        self._shown = folder / f"{name}.present.json"
        self._seen: tuple[int, int] | None = None
        self._refused: list[str] = []
        self.settings: dict[str, Any] = {key: it.default for key, it in allowed.items()}
        self.orders: list[dict[str, Any]] = []

    def __getitem__(self, key: str) -> Any:
        """The setting in force."""
        return self.settings[key]

    def look(self) -> bool:
        """Reads the control file if it has changed; says whether it had.

        Afterwards ``settings`` is in force and ``orders`` lists the one-time orders of the file,
        executed ones included: whoever executes them remembers their ids.
        """
        try:
            stat = self._told.stat()
            mark = (stat.st_mtime_ns, stat.st_ino)
            if mark == self._seen:
                return False
            told = json.loads(self._told.read_text("utf-8"))
            self._seen = mark
            self._take(told)
        except FileNotFoundError:
            return False
        except (ValueError, AttributeError, TypeError) as error:
            self._refused = [f"{self._told.name} cannot be read: {error}"]
        return True

    def show(self, now: datetime, **figures: Any) -> None:
        """Writes the present state for people and for ``exchange simulate``."""
        text = json.dumps(
            {
                "name": self._name,
                "pid": os.getpid(),
                "at": now.isoformat(timespec="seconds"),
                "settings": self.settings,
                "allowed": {key: asdict(it) for key, it in self._allowed.items()},
                "once": dict(self._once),
                "refused": self._refused,
                "figures": figures,
            },
            ensure_ascii=False,
            indent=1,
        )
        part = self._shown.with_name(f".{self._shown.name}.part")
        part.write_text(text, "utf-8")
        part.replace(self._shown)

    def _take(self, told: Mapping[str, Any]) -> None:
        self._refused = []
        settings = {key: it.default for key, it in self._allowed.items()}
        for key, value in told.get("settings", {}).items():
            allowed = self._allowed.get(key)
            problem = "is not known" if allowed is None else allowed.problem(value)
            if problem:
                self._refused.append(f"{key} = {value!r}: {problem}")
            else:
                settings[key] = value
        self.settings = settings
        self.orders = []
        for order in told.get("once", []):
            if order.get("do") in self._once and order.get("id"):
                self.orders.append(dict(order))
            else:
                self._refused.append(f"order {order!r}: unknown or without id")
