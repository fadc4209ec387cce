"""pointblank: a plan of forty steps, expressions where it has no step of its own."""

from __future__ import annotations

from typing import Any

import pointblank as pb
import polars as pl

from bench.peers import masks


def prepare(spec: dict[str, Any], frame: pl.DataFrame, keys: pl.DataFrame) -> Any:
    """The masks; pointblank makes its plan with every call."""
    return frame.with_row_index("row"), masks.every(spec, keys)


def judge(made: Any) -> pl.DataFrame:
    """The extracts of the failing rows."""
    frame, rules = made
    plan = pb.Validate(frame)
    for holds in rules.values():
        plan = plan.col_vals_expr(expr=holds.fill_null(value=True))
    done = plan.interrogate(get_first_n=None, extract_limit=10_000_000)
    parts: list[pl.DataFrame] = []
    for step, name in enumerate(rules, 1):
        wrong = done.get_data_extracts(i=step, frame=True)
        if wrong is not None and wrong.height:
            parts.append(wrong.select(rule=pl.lit(name), row=pl.col("row").cast(pl.Int64)))
    empty = pl.DataFrame(schema={"rule": pl.String, "row": pl.Int64})
    return pl.concat([empty, *parts])
