"""DuckDB: one statement that is the union of forty selects of the wrong rows."""

from __future__ import annotations

from typing import Any

import duckdb
import polars as pl

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def prepare(spec: dict[str, Any], frame: pl.DataFrame, keys: pl.DataFrame) -> Any:
    """A connection with the tables, and the statement."""
    there = duckdb.connect()
    there.execute("set threads to 2")
    there.register("given", frame.with_row_index("row").to_arrow())
    there.register("kept", keys.to_arrow())
    there.execute("create table rows as select * from given")
    there.execute("create table keys as select * from kept")
    return there, " union all ".join(_wrong(spec))


def _wrong(spec: dict[str, Any]) -> list[str]:
    made = [_of(f"required/{name}", f"{name} is null", name) for name in spec["required"]]
    for name, most in spec["length"].items():
        made.append(_of(f"length/{name}", f"length({name}) > {most}", name))
    for name, codes in spec["codes"].items():
        listed = ", ".join(f"({code!r})" for code in codes)
        made.append(_of(f"codes/{name}", f"{name} not in (select * from (values {listed}))", name))
    for name, form in spec["pattern"].items():
        made.append(_of(f"pattern/{name}", f"not regexp_full_match({name}, '{form}')", name))
    for name in spec["checkdigit"]:
        weights = [pow(3, place, 31) for place in range(17)] + [1]
        total = " + ".join(
            f"(instr('{_ALPHABET}', {name}[{at + 1}]) - 1) * {weight}"
            for at, weight in enumerate(weights)
        )
        wrong = f"regexp_full_match({name}, '{spec['pattern'][name]}') and ({total}) % 31 <> 0"
        made.append(_of(f"checkdigit/{name}", wrong, name))
    for name, (least, most) in spec["range"].items():
        made.append(_of(f"range/{name}", f"{name} not between {least} and {most}", name))
    for first, last in spec["order"]:
        made.append(_of(f"order/{first}<={last}", f"{first} > {last}", last))
    for name, (other, codes) in spec["required_if"].items():
        listed = ", ".join(map(str, codes))
        made.append(_of(f"required_if/{name}", f"{other} in ({listed}) and {name} is null", name))
    unique = ", ".join(spec["unique"])
    whole = " and ".join(f"{name} is not null" for name in spec["unique"])
    rule, last = "unique/" + "+".join(spec["unique"]), spec["unique"][-1]
    made.append(
        f"select row, '{rule}', {last}::varchar from (select *, row_number() over"
        f" (partition by {unique} order by row) as nth from rows where {whole}) where nth > 1"
    )
    name = spec["reference"]
    made.append(
        _of(
            f"reference/{name}",
            f"{name} is not null and not exists (select 1 from keys where keys.{name} = rows.{name})",  # noqa: E501
            name,
        )
    )
    return made


def _of(rule: str, wrong: str, shown: str) -> str:
    return f"select row, '{rule}' as rule, {shown}::varchar as value from rows where {wrong}"


def judge(made: Any) -> pl.DataFrame:
    """The wrong rows, rule by rule."""
    there, statement = made
    found = pl.from_arrow(there.execute(statement).to_arrow_table())
    assert isinstance(found, pl.DataFrame)
    return found
