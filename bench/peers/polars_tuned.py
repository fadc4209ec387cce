"""polars by hand, tuned: check digits by pairs of bytes, a kept key set for small tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from bench.peers import masks

_FEW = 30_000


def prepare(spec: dict[str, Any], frame: pl.DataFrame, keys: pl.DataFrame) -> Any:
    """Masks, the tables of the check digit, the kept keys."""
    rules = masks.simple(spec)
    (name,) = spec["checkdigit"]
    rules["unique/" + "+".join(spec["unique"])] = masks.unique(spec["unique"])
    reference = spec["reference"]
    kept = frozenset(keys[reference])
    if frame.height >= _FEW:
        rules[f"reference/{reference}"] = masks.refers(reference, keys[reference])
    return frame, rules, spec, kept, name, _tables()


def judge(made: Any) -> pl.DataFrame:
    """Findings; the rows without any are the accepted ones."""
    frame, rules, spec, kept, name, tables = made
    told = frame.select(**rules)
    told = told.with_columns(
        _digits(frame[name], told[f"pattern/{name}"], tables).alias(f"checkdigit/{name}")
    )
    reference = spec["reference"]
    if f"reference/{reference}" not in rules:
        known = [None if cell is None else cell in kept for cell in frame[reference].to_list()]
        told = told.with_columns(pl.Series(f"reference/{reference}", known, dtype=pl.Boolean))
    found = masks.findings(frame, told, spec["unique"])
    accepted = pl.Series([True]).new_from_index(0, frame.height)
    accepted.clone().scatter(found["row"].unique(), False)
    return found


def _tables() -> np.ndarray:
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    weights = [pow(3, place, 31) for place in range(17)] + [1]
    tables = np.zeros((9, 1 << 16), dtype=np.int16)
    for pair in range(9):
        for left, one in enumerate(letters):
            for right, other in enumerate(letters):
                value = left * weights[2 * pair] + right * weights[2 * pair + 1]
                tables[pair, ord(one) | ord(other) << 8] = value % 31
    return tables


def _digits(texts: pl.Series, formed: pl.Series, tables: np.ndarray) -> pl.Series:
    fit = formed.fill_null(value=False)
    packed = texts.filter(fit).to_arrow(compat_level=pl.CompatLevel.oldest())
    bounds = np.frombuffer(packed.buffers()[1], dtype=np.int64)
    first, last = bounds[packed.offset], bounds[packed.offset + len(packed)]
    pairs = np.frombuffer(packed.buffers()[2], dtype="<u2", count=(last - first) // 2, offset=first)
    pairs = pairs.reshape(-1, 9)
    total = np.zeros(len(pairs), dtype=np.int16)
    for at in range(9):
        total += tables[at][pairs[:, at]]
    told = np.ones(len(texts), dtype=np.bool_)
    told[fit.to_numpy()] = total % 31 == 0
    return pl.Series(told)
