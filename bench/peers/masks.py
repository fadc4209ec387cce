"""The forty rules as polars expressions, true where a row is right: for several peers."""

from __future__ import annotations

from typing import Any

import polars as pl

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def simple(spec: dict[str, Any]) -> dict[str, pl.Expr]:
    """All rules but check digit, uniqueness and reference; null means right."""
    made: dict[str, pl.Expr] = {}
    for name in spec["required"]:
        made[f"required/{name}"] = pl.col(name).is_not_null()
    for name, most in spec["length"].items():
        made[f"length/{name}"] = pl.col(name).str.len_chars() <= most
    for name, codes in spec["codes"].items():
        made[f"codes/{name}"] = pl.col(name).is_in(codes)
    for name, form in spec["pattern"].items():
        made[f"pattern/{name}"] = pl.col(name).str.contains(f"^(?:{form})$")
    for name, (least, most) in spec["range"].items():
        made[f"range/{name}"] = pl.col(name).is_between(least, most)
    for first, last in spec["order"]:
        made[f"order/{first}<={last}"] = pl.col(first) <= pl.col(last)
    for name, (other, codes) in spec["required_if"].items():
        made[f"required_if/{name}"] = ~pl.col(other).is_in(codes) | pl.col(name).is_not_null()
    return made


def check_digit(name: str, form: str) -> pl.Expr:
    """The check digit by pairs of characters; a text without the form has none."""
    cell = pl.when(pl.col(name).str.contains(f"^(?:{form})$")).then(pl.col(name))
    weights = [pow(3, place, 31) for place in range(17)] + [1]
    total = pl.lit(0, dtype=pl.Int32)
    for at in range(0, 18, 2):
        pairs = {
            one + other: left * weights[at] + right * weights[at + 1]
            for left, one in enumerate(_ALPHABET)
            for right, other in enumerate(_ALPHABET)
        }
        part = cell.str.slice(at, 2)
        total += part.replace_strict(pairs, default=None, return_dtype=pl.Int32)
    return total % 31 == 0


def unique(names: list[str]) -> pl.Expr:
    """Every row of a group but the first is wrong; empty cells are not compared."""
    key = pl.struct(names)
    empty = pl.any_horizontal(pl.col(name).is_null() for name in names)
    return empty | key.is_first_distinct()


def refers(name: str, keys: pl.Series) -> pl.Expr:
    """The key is among those that are there."""
    return pl.col(name).is_in(keys.implode())


def every(spec: dict[str, Any], keys: pl.DataFrame) -> dict[str, pl.Expr]:
    """All forty rules."""
    made = simple(spec)
    for name in spec["checkdigit"]:
        made[f"checkdigit/{name}"] = check_digit(name, spec["pattern"][name])
    made["unique/" + "+".join(spec["unique"])] = unique(spec["unique"])
    made[f"reference/{spec['reference']}"] = refers(spec["reference"], keys[spec["reference"]])
    return made


def field_of(rule: str) -> str:
    """The column whose cell a finding shows."""
    column = rule.partition("/")[2]
    return column.split("<=")[-1].split("+")[-1]


def findings(frame: pl.DataFrame, masks: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Row, key, rule and value of every wrong cell, gathered rule by rule."""
    parts = []
    for name in masks.columns:
        wrong = (~masks[name]).arg_true()
        if len(wrong):
            cells = frame[field_of(name)].gather(wrong).cast(pl.String).alias("value")
            parts.append(
                pl.DataFrame([wrong.alias("row").cast(pl.Int64), cells]).with_columns(
                    pl.lit(name).alias("rule"), *(frame[key].gather(wrong) for key in keys)
                )
            )
    empty = {"row": pl.Int64, "value": pl.String, "rule": pl.String}
    return pl.concat(parts, how="diagonal") if parts else pl.DataFrame(schema=empty)
