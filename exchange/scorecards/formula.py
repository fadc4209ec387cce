"""From measures to a total, a grade and a rank: the formula, and its sentence for the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exchange.scorecards.measures import PROPERTIES, Measures
from schemas.policy import DIMENSIONS, Policy


@dataclass(frozen=True, slots=True)
class Standing:
    """A body with its total (0 to 100), grade and rank; None where nothing was judged."""

    measures: Measures
    total: float | None
    grade: str | None
    rank: int | None


def standings(measures: Sequence[Measures], policy: Policy) -> list[Standing]:
    """All bodies, the best first, those without data last; equal totals share a rank."""
    totals = {one.body: total_of(one, policy) for one in measures}
    ordered = sorted(measures, key=lambda one: (-_shown(totals[one.body]), one.body))
    placed: list[Standing] = []
    for one in ordered:
        total = totals[one.body]
        rank = None
        if total is not None:
            better = sum(1 for other in totals.values() if _shown(other) > _shown(total))
            rank = better + 1
        placed.append(Standing(one, total, _grade(total, policy), rank))
    return placed


def total_of(measures: Measures, policy: Policy) -> float | None:
    """The weighted mean of the measured properties times 100, to two places as it is shown."""
    weighed = [
        (policy.scoring.weights[dimension], share)
        for dimension, share in measures.shares().items()
        if share is not None
    ]
    weight = sum(each for each, _ in weighed)
    return round(100 * sum(each * share for each, share in weighed) / weight, 2) if weight else None


def formula_text(policy: Policy) -> str:
    """The formula with the weights of this policy, as the page shows it."""
    weights = policy.scoring.weights
    parts = " ＋ ".join(f"{PROPERTIES[name]} × {weights[name]}" for name in DIMENSIONS)
    total = f"总分 ＝（{parts}）÷ {sum(weights.values())} × 100"
    return f"{total}；某单位未测的特性，其权重不计入该单位的总分"


def _shown(total: float | None) -> float:
    return -1.0 if total is None else total


def _grade(total: float | None, policy: Policy) -> str | None:
    if total is None:
        return None
    return next((name for bound, name in policy.scoring.grades if total >= bound), None)
