"""The ruleset for a body at a time: its standard with its overlays, and its policy; kept ready.

Preparing a ruleset takes longer than judging a small batch, so each is prepared once per process.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from connectors.county import Body
from exchange.errors import StopError
from schemas.overlay import overlays, standard_for
from schemas.policy import Policy, load, load_file
from validators import Ruleset
from validators.record import wall_time


class UnknownBodyError(StopError):
    """Records of body {body} are in the store, but no county file names it.

    Put connectors/counties/{body}.toml back, or the records cannot be judged.
    """


class Rulesets:
    """Rulesets by body, standard and day; safe for threads."""

    def __init__(self, bodies: Mapping[str, Body], policy_file: Path | None = None) -> None:
        """``policy_file`` is a pack for the whole installation; default: the one of each body."""
        self._bodies = bodies
        self._policy_file = policy_file
        self._kept: dict[tuple[tuple[str, ...], str, str], Ruleset] = {}
        self._lock = threading.Lock()

    def of(self, body: str, standard: str, now: datetime) -> Ruleset:
        """The ruleset for records of this body judged now; raises UnknownBodyError."""
        names = self.overlays(body)
        policy = self.policy(body, now)
        key = (names, standard, policy.digest)
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                found = Ruleset.load(standard_for(names, standard), policy)
                self._kept[key] = found
        return found

    @property
    def bodies(self) -> frozenset[str]:
        """The codes of the bodies that there are rulesets for."""
        return frozenset(self._bodies)

    def policy(self, body: str, now: datetime) -> Policy:
        """The pack in force for this body now: an edition begins at the office's midnight."""
        day = wall_time(now).date()
        if self._policy_file is not None:
            return load_file(self._policy_file, day)
        return load(body, day)

    def divisions(self, body: str) -> frozenset[str]:
        """The division codes the body may report; raises UnknownBodyError."""
        return self._body(body).divisions

    def overlays(self, body: str) -> tuple[str, ...]:
        """The overlays above and of this body, from the province down to the county."""
        code = min(self._body(body).divisions)
        chain = (f"{code[:2]}0000", f"{code[:4]}00", code)
        known = set(overlays())
        return tuple(name for name in dict.fromkeys(chain) if name in known)

    def _body(self, body: str) -> Body:
        found = self._bodies.get(body)
        if found is None:
            raise UnknownBodyError(body=body)
        return found
