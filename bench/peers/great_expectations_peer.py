"""great-expectations on pandas: its own expectations, 38 of the 40 rules.

It has none for the check digit, and a set of 200,000 keys makes one call last 40 seconds.
"""

from __future__ import annotations

import os
from typing import Any

import polars as pl

os.environ["GX_ANALYTICS_ENABLED"] = "false"
import great_expectations as gx
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.registry import get_expectation_impl

_ALL_CELLS = {"result_format": "COMPLETE", "unexpected_index_column_names": ["LSH"]}


def prepare(spec: dict[str, Any], frame: pl.DataFrame, keys: pl.DataFrame) -> Any:
    """A suite of 38 expectations and the table as pandas has it."""
    del keys
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("bench").add_dataframe_asset("table")
    suite = gx.ExpectationSuite(name="bench")
    for one in _expectations(spec):
        suite.add_expectation(one)
    batch = asset.add_batch_definition_whole_dataframe("all")
    return batch, suite, frame.to_pandas()


def _expectations(spec: dict[str, Any]) -> list[Any]:
    made: list[Any] = [
        _of("expect_column_values_to_not_be_null", column=one) for one in spec["required"]
    ]
    made += [
        _of("expect_column_value_lengths_to_be_between", column=name, max_value=most)
        for name, most in spec["length"].items()
    ]
    made += [
        _of("expect_column_values_to_be_in_set", column=name, value_set=codes)
        for name, codes in spec["codes"].items()
    ]
    made += [
        _of("expect_column_values_to_match_regex", column=name, regex=f"^(?:{form})$")
        for name, form in spec["pattern"].items()
    ]
    made += [
        _of("expect_column_values_to_be_between", column=name, min_value=least, max_value=most)
        for name, (least, most) in spec["range"].items()
    ]
    made += [
        _of(
            "expect_column_pair_values_a_to_be_greater_than_b",
            column_A=last,
            column_B=first,
            or_equal=True,
            ignore_row_if="either_value_is_missing",
        )
        for first, last in spec["order"]
    ]
    made += [
        _of(
            "expect_column_values_to_not_be_null",
            column=name,
            row_condition=f"{other} in {codes}",
            condition_parser="pandas",
        )
        for name, (other, codes) in spec["required_if"].items()
    ]
    made.append(_of("expect_compound_columns_to_be_unique", column_list=spec["unique"]))
    return made


def _of(kind: str, **arguments: Any) -> Any:
    return get_expectation_impl(kind)(**arguments)


def judge(made: Any) -> int:
    """How many cells are not as expected; each is named by its row in what GX answers."""
    batch, suite, table = made
    result = batch.get_batch(batch_parameters={"dataframe": table}).validate(
        suite, result_format=_ALL_CELLS
    )
    raised = [one for one in result.results if one.exception_info.get("raised_exception")]
    if raised:
        raise RuntimeError(str(raised[0].exception_info))
    return sum(one.result["unexpected_count"] for one in result.results)
