"""patito: what it can state as constraints of fields; it tells counts, no rows."""

from __future__ import annotations

from typing import Any

import patito as pt
import polars as pl

from bench.peers import masks


def prepare(spec: dict[str, Any], frame: pl.DataFrame, keys: pl.DataFrame) -> Any:
    """The model as a class made of the rules."""
    rules = masks.every(spec, keys)
    by_field: dict[str, list[pl.Expr]] = {name: [] for name in frame.columns}
    for name, holds in rules.items():
        if not name.startswith("required/"):
            by_field[masks.field_of(name)].append(holds.fill_null(value=True))
    types: dict[str, Any] = {}
    body: dict[str, Any] = {}
    for name, dtype in frame.schema.items():
        kind = dtype.to_python()
        types[name] = kind if name in spec["required"] else kind | None
        body[name] = pt.Field(dtype=dtype, constraints=by_field[name] or None)
    return type("Bench", (pt.Model,), {"__annotations__": types, **body}), frame


def judge(made: Any) -> None:
    """Raises what patito has to say, which names no rows."""
    model, frame = made
    try:
        model.validate(frame)
    except pt.exceptions.DataFrameValidationError as error:
        error.errors()
