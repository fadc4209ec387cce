"""A replay from end to end: groups from store or files, the candidate, the comparison."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from time import monotonic

from exchange.replay.candidate import Candidate
from exchange.replay.comparison import Comparison
from exchange.replay.groups import Group
from schemas.policy import Gate

Overlays = Callable[[str], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay found, and how many seconds it took by the clock on the wall."""

    comparison: Comparison
    wall_s: float


def replay(
    found: Iterable[Group],
    candidate: Candidate,
    *,
    overlays: Overlays,
    gate_of: Callable[[str], Gate],
    renamed: Mapping[str, str],
    told: Callable[[int], None] = lambda _: None,
) -> Replayed:
    """Judge every group with the candidate and compare; ``told`` hears the records done so far."""
    began = monotonic()
    comparison = Comparison(gate_of, renamed)
    for group in found:
        comparison.add(group, candidate.judge(group, overlays(group.body)))
        told(comparison.records)
    return Replayed(comparison, monotonic() - began)
