"""dataframely: a schema with a rule per mask (its own max_length counts bytes)."""

from __future__ import annotations

from typing import Any

import dataframely as dy
import polars as pl

from bench.peers import masks

_TYPES = {pl.String: dy.String, pl.Int64: dy.Int64}


def prepare(spec: dict[str, Any], frame: pl.DataFrame, keys: pl.DataFrame) -> Any:
    """The schema as a class made of the rules."""
    body: dict[str, Any] = {}
    for name, dtype in frame.schema.items():
        body[name] = _column(dtype, nullable=name not in spec["required"])
    named = {}
    for at, (name, holds) in enumerate(masks.every(spec, keys).items()):
        if not name.startswith("required/"):
            named[f"rule_{at}"] = name
            body[f"rule_{at}"] = dy.rule()(_rule(holds))
    body["row"] = dy.Int64(nullable=False)
    rows = pl.int_range(frame.height, dtype=pl.Int64, eager=True).alias("row")
    return type("Bench", (dy.Schema,), body), frame.with_columns(rows), named


def _column(dtype: Any, *, nullable: bool) -> Any:
    if isinstance(dtype, pl.Decimal):
        return dy.Decimal(dtype.precision, dtype.scale, nullable=nullable)
    if isinstance(dtype, pl.Datetime):
        return dy.Datetime(nullable=nullable, time_unit="us")
    return _TYPES[type(dtype)](nullable=nullable) if type(dtype) in _TYPES else dy.Any()


def _rule(holds: pl.Expr) -> Any:
    def rule(cls: Any) -> pl.Expr:
        del cls
        return holds

    return rule


def judge(made: Any) -> pl.DataFrame:
    """Good rows and the details of the failed ones."""
    schema, frame, named = made
    _good, failed = schema.filter(frame)
    return _told(failed.details(), named)


def _told(details: pl.DataFrame, named: dict[str, str]) -> pl.DataFrame:
    names = {name: rule for name, rule in named.items() if name in details.columns}
    parts = []
    for column in details.columns:
        rule = names.get(column)
        if column.endswith("|nullability"):
            rule = "required/" + column.partition("|")[0]
        if rule is None:
            continue
        wrong = details.filter(pl.col(column) == "invalid")
        parts.append(wrong.select("row", rule=pl.lit(rule)))
    empty = pl.DataFrame(schema={"row": pl.Int64, "rule": pl.String})
    return pl.concat([empty, *parts]).select("rule", "row")
