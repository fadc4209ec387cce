"""The catalogue of faults: what each is, and how one is lived through in a running city."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from tests.faults.checker import Checker
from tests.faults.city import FaultCity
from tests.faults.hand import Hand
from tests.faults.proxy import Weather

SETTLE_S = 180.0


@dataclass
class Stage:
    """A running city with its checker and a hand of our own; what stories are played on."""

    city: FaultCity
    checker: Checker
    hand: Hand

    def calm(self) -> None:
        """Everything that was made to misbehave behaves again."""
        self.city.proxy.set("clear")
        self.city.province()
        self.city.wait(self.city.all_run, 60, "all programs to run")

    def weather(self, kind: Weather, *routes: str, seconds: float) -> None:
        """A time of bad weather on these routes (default: on all)."""
        self.city.proxy.set(kind, *routes)
        time.sleep(seconds)
        self.city.proxy.set("clear", *routes)
        if kind == "drop-answers":
            # The firewall forgets the silent sessions, as they do after a while.
            self.city.proxy.cut(*routes)

    def landed(self, body: str | None = None) -> int:
        """How many versions have been acknowledged, of one body or of all."""
        return self.hand.count(
            "select count(*) from version where %s::text is null or body = %s", body, body
        )


@dataclass(frozen=True)
class Fault:
    """An entry: its name, what happens in one sentence, and the story that makes it happen.

    A story raises AssertionError when what it must see does not come. ``plant`` is what has to
    begin long before; it runs when the city comes up and gives back what the story then needs.
    """

    name: str
    says: str
    story: Callable[[Stage], None]
    plant: Callable[[Stage], None] | None = None


@dataclass(frozen=True)
class Result:
    """A line of the result table; ``acknowledged`` are versions landed while it was lived.

    ``again`` is what was not seen in time when it was lived through for the first time, where that
    was done once more: then the line is that of the second time.
    """

    name: str
    kills: int
    acknowledged: int
    lost: int
    duplicated: int
    unexpected: int
    recovered: bool
    seconds: float
    why: str = ""
    again: str = ""

    @property
    def good(self) -> bool:
        """Whether the promise was kept."""
        return self.recovered and not (self.lost or self.duplicated or self.unexpected)

    def to_json(self) -> dict[str, Any]:
        """Without the reasons."""
        return {name: value for name, value in asdict(self).items() if name not in {"why", "again"}}


def live(stage: Stage, fault: Fault, *, settle_s: float = SETTLE_S) -> Result:
    """Plays one fault, waits for the recovery and has the checker judge the full history."""
    began, kills, before = time.monotonic(), stage.city.kills, stage.landed()
    why: list[str] = []
    try:
        fault.story(stage)
    except Exception as error:  # noqa: BLE001  whatever goes wrong, the history is judged
        why.append(f"{type(error).__name__}: {error}")
    return judged(stage, fault.name, began, kills, before, why, settle_s=settle_s)


def judged(
    stage: Stage,
    name: str,
    began: float,
    kills: int,
    before: int,
    why: list[str],
    *,
    settle_s: float = SETTLE_S,
) -> Result:
    """The end of whatever was done to the city: calm, recovery, verdict over the full history.

    ``began`` (monotonic), ``kills`` and ``before`` (versions) are as they stood at the beginning.
    """
    try:
        stage.calm()
    except AssertionError as error:
        why.append(str(error))
    restless = stage.checker.settle(settle_s)
    if restless is not None:
        why.append(restless)
    found = stage.checker.judge()
    acknowledged = stage.landed() - before
    if not acknowledged:
        why.append("nothing was acknowledged meanwhile: there was no load")
    return Result(
        name,
        stage.city.kills - kills,
        acknowledged,
        len(found.lost),
        len(found.duplicated),
        len(found.unexpected),
        recovered=not why,
        seconds=round(time.monotonic() - began, 1),
        why="\n".join([*why, *([str(found)] if found else [])]),
    )
