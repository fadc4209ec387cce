"""Hold measured rows against the expectations with great-expectations.

The only file that imports it, and only when called: the import alone takes seconds, a call about
one, so it has no place where records are carried. It is told to report nothing to its makers.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exchange.expectations.catalogue import Catalogue, Dataset, Expectation
from exchange.expectations.measure import Rows

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True)
class Outcome:
    """How one expectation came out: the rows that broke it, or why it could not be told."""

    expectation: Expectation
    met: bool
    rows: int
    unexpected: Sequence[Mapping[str, Any]]
    error: str | None


@dataclass(frozen=True)
class Verified:
    """A dataset with its outcomes, in the order of the catalogue."""

    dataset: Dataset
    rows: int
    outcomes: tuple[Outcome, ...]

    @property
    def met(self) -> bool:
        """Whether everything that is expected of it holds."""
        return all(outcome.met for outcome in self.outcomes)


def verify(catalogue: Catalogue, measured: Mapping[str, Rows]) -> list[Verified]:
    """All datasets against their expectations; one without rows breaks nothing."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_pandas("store")
    return [_verified(gx, source, one, measured[one.name]) for one in catalogue.datasets]


def _verified(gx: Any, source: Any, dataset: Dataset, rows: Rows) -> Verified:
    from great_expectations.expectations.registry import get_expectation_impl

    if not rows:
        held = tuple(Outcome(one, True, 0, (), None) for one in dataset.expectations)
        return Verified(dataset, 0, held)
    frame = _frame(rows)
    asset = source.add_dataframe_asset(dataset.name)
    definition = asset.add_batch_definition_whole_dataframe("day")
    suite = gx.ExpectationSuite(name=dataset.name)
    for at, one in enumerate(dataset.expectations):
        kind = get_expectation_impl(one.type)
        suite.add_expectation(kind(**one.arguments, meta={"at": at}))
    result = definition.get_batch(batch_parameters={"dataframe": frame}).validate(
        suite,
        result_format={"result_format": "COMPLETE", "unexpected_index_column_names": ["at"]},
    )
    outcomes = {one.expectation_config.meta["at"]: one for one in result.results}
    return Verified(
        dataset,
        len(rows),
        tuple(
            _outcome(expectation, outcomes[at], rows)
            for at, expectation in enumerate(dataset.expectations)
        ),
    )


def _frame(rows: Rows) -> DataFrame:
    from pandas import DataFrame

    return DataFrame([{**row, "at": at} for at, row in enumerate(rows)])


def _outcome(expectation: Expectation, result: Any, rows: Rows) -> Outcome:
    found = result.result.get("unexpected_index_list") or ()
    error = None
    if not result.success and not result.result:
        told = [one["exception_message"] for one in result.exception_info.values()]
        error = "；".join(dict.fromkeys(told))
    return Outcome(
        expectation, bool(result.success), len(rows), [rows[int(one["at"])] for one in found], error
    )
