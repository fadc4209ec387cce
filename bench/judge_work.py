"""The work of the judgement benchmark: a table of 30 columns, 40 rules of eleven kinds, faults.

Everything is drawn from a seed. The rules stand here once as plain data (``SPEC``), from which the
peers build theirs, and once as declarations of our own (``ruleset``).
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas import Field, Reference, Standard, Table
from schemas.check_digits import uscc
from validators import Context, Rule, Ruleset, Stamp
from validators.columnar_keys import KeptKeys
from validators.expression import Expression, code, filled, moment, number, text
from validators.identifiers import sound
from validators.rule import Check, Holds, Refers, Unique

TABLE, PARENT = "BENCH", "BENCH_PARENT"
DIVISIONS = [f"42{at:04}" for at in range(110)]
ITEMS = [f"{at:07}" for at in range(300)]
PROJECTS, FIRMS = 200_000, 30_000

SPEC: dict[str, Any] = {
    "required": [
        "LSH", "DFSJZJ", "XZQHDM", "XMDM", "SPSXBM", "SPSXMC", "SPSLBM", "SPSXSLBM", "SPJDXH",
        "XMMC", "SPBMBM", "BLZT", "SLSJ", "GXSJ",
    ],
    "length": {"SPSXMC": 60, "XMMC": 80, "JSDW": 80, "SPBMMC": 60, "SPLCBM": 30, "BZ": 200},
    "codes": {
        "XZQHDM": DIVISIONS, "SPSXBM": ITEMS, "SPJDXH": [1, 2, 3, 4, 5], "SLFS": [1, 2, 3],
        "GKFS": [0, 1, 2], "BLZT": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14],
    },
    "pattern": {
        "XMDM": "[0-9]{4}-[0-9]{6}-[0-9]{2}-[0-9]{2}-[0-9]{6}", "GCDM": "GC[0-9]{8}",
        "JSDWXYDM": "[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}",
        "LXDH": "1[3-9][0-9]{9}",
    },
    "checkdigit": ["JSDWXYDM"],
    "range": {"SXBLSX": [0, 365], "TZE": [0, 10_000_000], "JZMJ": [0, 5_000_000]},
    "order": [["SLSJ", "BJSJ"], ["PZSJ", "BJSJ"], ["SLSJ", "GXSJ"]],
    "required_if": {"BJSJ": ["BLZT", [11, 12, 13]]},
    "unique": ["XZQHDM", "SPSXSLBM"],
    "reference": "XMDM",
}  # fmt: skip
"""Rules by kind; forty in all. A rule is named ``<kind>/<column>``."""

_TYPES = {
    "integer": ("SPJDXH", "SLFS", "GKFS", "BLZT", "SXBLSX", "SJYXBS", "SPLCBBH"),
    "decimal": ("TZE", "JZMJ"),
    "datetime": ("SLSJ", "BJSJ", "PZSJ", "GXSJ"),
}
_START = 1_735_689_600  # 2025-01-01
_LONG = "长" * 250


def rule_names() -> list[str]:
    """The names of all rules, in one order."""
    names = []
    for kind, columns in SPEC.items():
        match kind:
            case "order":
                names += [f"order/{first}<={last}" for first, last in columns]
            case "unique":
                names.append("unique/" + "+".join(columns))
            case "reference":
                names.append(f"reference/{columns}")
            case _:
                names += [f"{kind}/{column}" for column in columns]
    return names


# ------------------------------------------------------------------------------------ rows


def keys() -> pl.DataFrame:
    """The parents' keys."""
    at = np.arange(PROJECTS)
    return pl.DataFrame({"XMDM": _spelled("2501-4206{:02}-04-01-{:06}", at % 100, at)})


def rows(many: int, faulty: float, seed: int = 7) -> pl.DataFrame:
    """A table in which this share of the rows has one fault, drawn evenly from the rules."""
    rng = np.random.default_rng(seed)
    at = np.arange(many)
    project = rng.integers(0, PROJECTS, many)
    firms = np.array([_firm(each) for each in range(FIRMS)])
    opened = _START + rng.integers(0, 400 * 86_400, many)
    status = rng.integers(1, 15, many)
    done = np.isin(status, [11, 12, 13]) | (rng.random(many) < 0.3)
    closed = opened + rng.integers(3600, 60 * 86_400, many)
    columns: dict[str, Any] = {
        "LSH": _spelled("LSH{:012}", at),
        "DFSJZJ": _spelled("D{:014}", at),
        "XZQHDM": np.array(DIVISIONS)[rng.integers(0, len(DIVISIONS), many)],
        "XMDM": keys()["XMDM"][project],
        "SPSXBM": np.array(ITEMS)[rng.integers(0, len(ITEMS), many)],
        "SPSXMC": _spelled("建设工程规划许可证核发（第{:03}类）", rng.integers(0, 300, many)),
        "SPSLBM": _spelled("SL{:012}", at),
        "SPSXSLBM": _spelled("SX{:014}", at),
        "XMMC": _spelled("滨河新区第{:06}号道路及配套管网工程建设项目", project),
        "JSDW": _some(rng, _spelled("市城市建设投资第{:05}公司", rng.integers(0, FIRMS, many))),
        "SPBMBM": _spelled("BM{:04}", rng.integers(0, 500, many)),
        "SPBMMC": _some(rng, _spelled("自然资源和规划局第{:03}分局", rng.integers(0, 500, many))),
        "SPLCBM": _some(rng, _spelled("LC{:06}", rng.integers(0, 50, many))),
        "BZ": _some(rng, _spelled("按规定办理，材料{:02}份齐全", rng.integers(0, 100, many))),
        "GCDM": _some(rng, _spelled("GC{:08}", rng.integers(0, 10**8, many))),
        "JSDWXYDM": _some(rng, pl.Series(firms[rng.integers(0, FIRMS, many)])),
        "LXDH": _some(rng, _spelled("13{:09}", rng.integers(0, 10**9, many))),
        "SPJDXH": rng.integers(1, 6, many),
        "SLFS": _some(rng, pl.Series(rng.integers(1, 4, many))),
        "GKFS": _some(rng, pl.Series(rng.integers(0, 3, many))),
        "BLZT": status,
        "SXBLSX": _some(rng, pl.Series(rng.integers(1, 120, many))),
        "SJYXBS": np.ones(many, dtype=np.int64),
        "SPLCBBH": _some(rng, pl.Series(rng.integers(1, 4, many))),
        "TZE": _some(rng, pl.Series(rng.integers(100, 10**8, many)).cast(pl.Decimal(18, 2)) / 100),
        "JZMJ": _some(rng, pl.Series(rng.integers(100, 10**7, many)).cast(pl.Decimal(18, 2)) / 100),
        "SLSJ": _times(opened),
        "BJSJ": _times(closed).set(pl.Series(~done), None),
        "PZSJ": _some(rng, _times(opened + (closed - opened) // 2)),
        "GXSJ": _times(closed + 60),
    }  # fmt: skip
    frame = pl.DataFrame({name: pl.Series(name, column) for name, column in columns.items()})
    frame = frame.with_columns(pl.col("TZE", "JZMJ").cast(pl.Decimal(18, 2)))
    return _broken(frame, rng, faulty)


def _broken(frame: pl.DataFrame, rng: np.random.Generator, faulty: float) -> pl.DataFrame:
    names = rule_names()
    hit = np.flatnonzero(rng.random(frame.height) < faulty)
    which = rng.integers(0, len(names), len(hit))
    for number_of, name in enumerate(names):
        places = hit[which == number_of]
        if len(places):
            frame = _break(frame, name, places)
    return frame


def _break(frame: pl.DataFrame, name: str, places: npt.NDArray[np.int64]) -> pl.DataFrame:
    kind, _, column = name.partition("/")
    wrong: Any
    match kind:
        case "required" | "required_if":
            wrong = None
            if kind == "required_if":
                frame = _put(frame, "BLZT", places, 11)
        case "length":
            wrong = _LONG
        case "codes":
            wrong = "999999" if frame[column].dtype == pl.String else 99
        case "pattern":
            wrong = "12-34"
        case "checkdigit":
            wrong = _firm(1)[:-1] + ("0" if _firm(1)[-1] != "0" else "1")
        case "range":
            wrong = -1
        case "order":
            column = column.split("<=")[1]
            wrong = datetime(2000, 1, 1)  # noqa: DTZ001 - wall time
        case "unique":
            first = frame.row(0, named=True)
            frame = _put(frame, "XZQHDM", places, first["XZQHDM"])
            column, wrong = "SPSXSLBM", first["SPSXSLBM"]
        case _:
            wrong = "2501-999999-04-01-000000"
    return _put(frame, column, places, wrong)


def _put(
    frame: pl.DataFrame, column: str, places: npt.NDArray[np.int64], wrong: Any
) -> pl.DataFrame:
    hit = np.zeros(frame.height, dtype=np.bool_)
    hit[places] = True
    dtype = frame[column].dtype
    value = pl.lit(wrong).cast(dtype)
    return frame.with_columns(
        pl.when(pl.Series(hit)).then(value).otherwise(pl.col(column)).alias(column)
    )


def _spelled(form: str, *numbers: npt.NDArray[np.int64]) -> pl.Series:
    """Texts with numbers in them; ``{:06}`` is a number of six digits."""
    parts: list[pl.Expr] = []
    rest = form
    for at in range(len(numbers)):
        before, _, rest = rest.partition("{:")
        width, _, rest = rest.partition("}")
        spelled = pl.col(f"n{at}").cast(pl.String).str.zfill(int(width))
        parts += [pl.lit(before), spelled]
    parts.append(pl.lit(rest))
    frame = pl.DataFrame({f"n{at}": column for at, column in enumerate(numbers)})
    return frame.select(pl.concat_str(parts)).to_series()


def _some(rng: np.random.Generator, column: pl.Series) -> pl.Series:
    """The column with one cell in ten empty."""
    return column.set(pl.Series(rng.random(len(column)) < 0.1), None)


def _times(seconds: npt.NDArray[np.int64]) -> pl.Series:
    return pl.Series(seconds * 1_000_000).cast(pl.Datetime("us"))


def _firm(number_of: int) -> str:
    body = f"91420600MA{number_of:07}"
    return body + uscc(body)


def as_texts(frame: pl.DataFrame) -> pl.DataFrame:
    """The same rows as landed: every cell a text."""
    times = pl.col(pl.Datetime).dt.to_string("%Y-%m-%d %H:%M:%S")
    return frame.with_columns(times, pl.col(pl.Int64, pl.Decimal).cast(pl.String))


# ------------------------------------------------------------------------------------ our rules


def ruleset() -> Ruleset:
    """The forty rules as declarations of ours."""
    table = _table()
    standard = Standard(
        version="bench", name="bench", covers=("bench",), in_force_from=date(2020, 1, 1),
        in_force_to=None, tables=MappingProxyType({TABLE: table}),
        codelists=MappingProxyType({}), codelists_hash="", event_times=MappingProxyType({}),
    )  # fmt: skip
    return _Forty(standard, [], Stamp("bench", "", "", "", ""))


class _Forty(Ruleset):
    """The rules of the benchmark alone, without those that the standard implies."""

    def rules_of(self, table: str) -> tuple[Rule, ...]:
        """The forty rules."""
        assert table == TABLE
        return tuple(_rules())


def context(many: int) -> Context:
    """Parents kept as keys; a parent that is not there is a fault at once."""
    kept = KeptKeys({(PARENT, ("XMDM",)): keys()})
    now = datetime(2027, 1, 1, tzinfo=UTC)
    return Context(
        "bench", frozenset(), now, kept, cast(frozenset[int], range(many + 2)), one_file=True
    )


def _table() -> Table:
    kinds = {name: kind for kind, names in _TYPES.items() for name in names}
    fields = tuple(
        Field(name, name, name, kinds.get(name, "string"), _mark(name), "high")  # type: ignore[arg-type]
        for name in rows(1, 0).columns
    )
    return Table(
        code=TABLE, name=TABLE, name_en=TABLE, group="", purpose="", scope="", section=None,
        table_no=None, key=("XZQHDM", "SPSXSLBM"), order=1, fields=fields, confidence="high",
        references=(Reference(("XMDM",), PARENT, ("XMDM",)),),
    )  # fmt: skip


def _mark(name: str) -> str:
    return "M" if name in SPEC["required"] else "O"


def _rules() -> list[Rule]:
    made = [
        *(_rule(f"required/{name}", name, Holds(filled(name))) for name in SPEC["required"]),
        *(
            _rule(f"length/{name}", name, Holds(text(name).through("length", len) <= most))
            for name, most in SPEC["length"].items()
        ),
        *(_rule(f"codes/{name}", name, Holds(_listed(name, codes))) for name, codes in SPEC["codes"].items()),  # noqa: E501
        *(
            _rule(f"pattern/{name}", name, Holds(text(name).matches(form)))
            for name, form in SPEC["pattern"].items()
        ),
        *(
            _rule(f"checkdigit/{name}", name, Holds(text(name).through("credit code", sound("uscc")), when=text(name).matches(SPEC["pattern"][name])))  # noqa: E501
            for name in SPEC["checkdigit"]
        ),
        *(
            _rule(f"range/{name}", name, Holds(number(name).between(least, most)))
            for name, (least, most) in SPEC["range"].items()
        ),
        *(
            _rule(f"order/{first}<={last}", last, Holds(moment(first) <= moment(last)))
            for first, last in SPEC["order"]
        ),
        *(
            _rule(f"required_if/{name}", name, Holds(filled(name), when=code(other).is_in(*map(str, codes))))  # noqa: E501
            for name, (other, codes) in SPEC["required_if"].items()
        ),
    ]  # fmt: skip
    unique = tuple(SPEC["unique"])
    made.append(_rule("unique/" + "+".join(unique), unique[-1], Unique(unique)))
    reference = Reference((SPEC["reference"],), PARENT, (SPEC["reference"],))
    made.append(_rule(f"reference/{SPEC['reference']}", SPEC["reference"], Refers(reference)))
    by_name = {rule.code: rule for rule in made}
    return [by_name[name] for name in rule_names()]


def _listed(name: str, codes: list[Any]) -> Expression:
    return code(name).is_in(*map(str, codes))


def _rule(name: str, field: str, check: Check) -> Rule:
    return Rule(
        code=name, kind="bench", tables=(TABLE,), fields=(field,), clause="", statement="",
        severity="error", dimension="normativity", message="", why="", fix="", check=check,
    )  # fmt: skip
