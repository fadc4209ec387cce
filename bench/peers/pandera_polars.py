"""pandera on polars: built-in checks where there are some, expressions as own checks elsewhere."""

from __future__ import annotations

from typing import Any

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from bench.peers import masks


def prepare(spec: dict[str, Any], frame: pl.DataFrame, keys: pl.DataFrame) -> Any:
    """The schema: a check per rule, each named as the rule."""
    rules = masks.every(spec, keys)
    columns: dict[str, list[Any]] = {name: [] for name in frame.columns}
    wide = []
    for name, holds in rules.items():
        kind, _, column = name.partition("/")
        if kind in {"order", "required_if", "unique"}:
            wide.append(pa.Check(_select(holds), name=name, error=name, ignore_na=False))
        elif kind == "length":
            columns[column].append(
                pa.Check.str_length(max_value=spec["length"][column], name=name, error=name)
            )
        elif kind == "codes":
            columns[column].append(pa.Check.isin(spec["codes"][column], name=name, error=name))
        elif kind == "pattern":
            form = f"^(?:{spec['pattern'][column]})$"
            columns[column].append(pa.Check.str_matches(form, name=name, error=name))
        elif kind == "range":
            columns[column].append(pa.Check.in_range(*spec["range"][column], name=name, error=name))
        elif kind != "required":
            columns[column].append(pa.Check(_select(holds), name=name, error=name))
    schema = pa.DataFrameSchema(
        {
            name: pa.Column(frame.schema[name], checks, nullable=name not in spec["required"])
            for name, checks in columns.items()
        },
        checks=wide,
    )
    return schema, frame


def _select(holds: pl.Expr) -> Any:
    return lambda data: data.lazyframe.select(holds.fill_null(value=True))


def judge(made: Any) -> pl.DataFrame:
    """The failure cases."""
    schema, frame = made
    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        rule = (
            pl.when(pl.col("check") == "not_nullable")
            .then(pl.lit("required/") + pl.col("column"))
            .otherwise(pl.col("check"))
        )
        told: pl.DataFrame = cases.select(rule=rule, row=pl.col("index").cast(pl.Int64))
        return told
    return pl.DataFrame(schema={"rule": pl.String, "row": pl.Int64})
