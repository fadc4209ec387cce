"""A replay from end to end: groups from store or files, dossiers, the candidate, the comparison."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from time import monotonic

from exchange.replay.candidate import Candidate, NoDossierRulesError
from exchange.replay.comparison import Comparison
from exchange.replay.comparison_dossiers import DossierComparison
from exchange.replay.dossiers import KeptDossier
from exchange.replay.groups import Group
from schemas.policy import Gate

Overlays = Callable[[str], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay found, and how many seconds it took by the clock on the wall.

    ``dossiers`` is None when there were none to read, as in files.
    """

    comparison: Comparison
    dossiers: DossierComparison | None
    wall_s: float


def replay(
    found: Iterable[Group],
    candidate: Candidate,
    *,
    overlays: Overlays,
    gate_of: Callable[[str], Gate],
    renamed: Mapping[str, str],
    dossiers: Iterable[KeptDossier] | None = None,
    told: Callable[[int], None] = lambda _: None,
) -> Replayed:
    """Judge every group and every dossier with the candidate and compare.

    ``told`` hears the records done so far.
    """
    began = monotonic()
    comparison = Comparison(gate_of, renamed)
    for group in found:
        comparison.add(group, candidate.judge(group, overlays(group.body)))
        told(comparison.records)
    whole = None if dossiers is None else DossierComparison(gate_of, renamed)
    if dossiers is not None and whole is not None:
        try:
            for kept in dossiers:
                whole.add(kept, candidate.judge_dossier(kept, overlays(kept.body)))
        except NoDossierRulesError as error:
            whole.lacking = str(error)
    return Replayed(comparison, whole, monotonic() - began)
