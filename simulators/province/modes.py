"""How the province behaves at the moment: the modes that can be switched while it runs.

========================  ==========================================================================
normal                    a verdict 0.5 to 1.5 s after a row came
slow                      each answer is delayed, verdicts come after 5 to 10 s
down                      nothing listens on the port, sessions are cut off
refusing                  every row gets status 2 with a reason that names no fault ([900])
late                      rows are taken at once, verdicts come after ``wait`` seconds
timeout-after-commit      for a ``share`` of the writes: written, but the answer never comes; the
                          connection hangs for ``hang`` seconds and is cut
late-commit               HTTP services only: a ``share`` of the writes is answered 504 at once and
                          written ``hang`` seconds later
lying                     a ``share`` of the rows is said to be taken and then lost: by the front
                          database after status 1, by the HTTP services right after their answer
========================  ==========================================================================

``timeout-after-commit`` of the front database is real: all sessions of the exchange go through the
province's own port (see ``simulators.province.port``), which passes the COMMIT on to PostgreSQL and
swallows what PostgreSQL answers.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

from simulators.control import Control, Setting

MODES = (
    "normal",
    "slow",
    "down",
    "refusing",
    "late",
    "timeout-after-commit",
    "late-commit",
    "lying",
)

_ALLOWED = {
    "mode": Setting("choice", "normal", "how the province behaves", choices=MODES),
    "share": Setting("number", 0.5, "share of rows that a mode hits, 0 to 1", 0.0, 1.0),
    "wait": Setting("number", 90.0, "seconds to a verdict in mode late", 0.0, 86400.0),
    "hang": Setting(
        "number", 15.0, "seconds of silence after a commit, or before a late one", 0.0, 600.0
    ),
}


class Mode:
    """The mode of one form of the province (one version of the standard)."""

    def __init__(self, folder: Path, standard: str, rng: Random) -> None:
        self.control = Control(folder, f"province-{standard}", _ALLOWED, {})
        self._rng = rng

    @property
    def name(self) -> str:
        """One of MODES."""
        return str(self.control["mode"])

    @property
    def hang(self) -> float:
        """Seconds without an answer after a commit that is to time out."""
        return float(self.control["hang"])

    def verdict_delay(self) -> float:
        """Seconds from the arrival of a row to its verdict."""
        if self.name == "slow":
            return self._rng.uniform(5, 10)
        if self.name == "late":
            return float(self.control["wait"])
        return self._rng.uniform(0.5, 1.5)

    def answer_delay(self) -> float:
        """Seconds that each answer on the wire is held back."""
        return self._rng.uniform(0.2, 0.6) if self.name == "slow" else 0.0

    def hits(self, mode: str) -> bool:
        """Whether the next row or write is to be hit, if ``mode`` is on."""
        return self.name == mode and self._rng.random() < float(self.control["share"])
