"""Parquet files: read piece by piece, typed or as text; what is no such table is refused."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.base import RefusedError
from connectors.file_parquet import ROWS, read_parquet
from schemas import load

TABLE = load("3.0").table("SPGL_SPLCXXB")
NEEDED = [field.code for field in TABLE.fields if not field.receiver]


def parquet(path: Path, rows: int = 3, **columns: Any) -> Path:
    """A Parquet file of the needed columns, with these put in."""
    cells = {code: [f"{code}{at}" for at in range(rows)] for code in NEEDED}
    pq.write_table(pa.table({**cells, **columns}), path)
    return path


def refusal(path: Path) -> str:
    """Why a file is refused."""
    with pytest.raises(RefusedError) as caught:
        list(read_parquet(path, TABLE).frames())
    assert path.name in str(caught.value)
    return str(caught.value)


def test_columns_by_code_or_name_and_in_pieces(tmp_path: Path) -> None:
    """Columns may have Chinese names; rows come in pieces, and only the columns asked for."""
    path = parquet(tmp_path / "a.parquet", ROWS + 5)
    named = [TABLE.by_code[code].name for code in NEEDED]
    pq.write_table(pq.read_table(path).rename_columns(named), path)
    content = read_parquet(path, TABLE)
    assert content.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert content.rows == ROWS + 5
    assert [frame.height for frame in content.frames()] == [ROWS, 5]
    (_, last) = content.frames({"SPLCBM"})
    assert last.columns == ["SPLCBM"]
    assert last["SPLCBM"][4] == f"SPLCBM{ROWS + 4}"


def test_typed_columns(tmp_path: Path) -> None:
    """Numbers, times and repeated texts keep their types: the judgement reads them as they are."""
    path = parquet(
        tmp_path / "a.parquet",
        1,
        SPLCBBH=[Decimal("1.50")],
        SJYXBS=[1],
        SJSCZT=pa.nulls(1),
        SPLCMC=pa.array(["x"]).dictionary_encode(),
        SXRQ=[date(2026, 1, 2)],
    )
    (frame,) = read_parquet(path, TABLE).frames()
    assert frame["SPLCBBH"].to_list() == [Decimal("1.50")]
    assert frame["SXRQ"].dtype == pl.Date
    assert frame["SPLCMC"].cast(pl.String).to_list() == ["x"]


@pytest.mark.parametrize(
    "cells",
    [
        pa.array([[1], [2], [3]]),
        pa.array([b"a", b"b", b"c"]),
        pa.array([1.5, 2.5, 3.5]),
        pa.array([datetime.fromisoformat("2026-01-01T00:00:00+08:00")] * 3),
    ],
    ids=["list", "bytes", "float", "zone"],
)
def test_types_that_lose_something_are_refused(tmp_path: Path, cells: pa.Array) -> None:
    """Lists, bytes, binary fractions and times with a zone: the column is named."""
    assert "SPLCMC" in refusal(parquet(tmp_path / "a.parquet", SPLCMC=cells))


def test_headers_are_checked_as_in_other_files(tmp_path: Path) -> None:
    """A column that the standard does not know, and one that is missing, are named."""
    assert "NOSUCH" in refusal(parquet(tmp_path / "a.parquet", NOSUCH=["x"] * 3))
    path = tmp_path / "b.parquet"
    pq.write_table(pa.table({"SPLCBM": ["x"]}), path)
    assert "表头缺少列" in refusal(path)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(
    cut=st.floats(0.1, 1),
    changes=st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=9)), max_size=5),
)
def test_damaged_files(
    tmp_path_factory: pytest.TempPathFactory, cut: float, changes: list[tuple[float, bytes]]
) -> None:
    """Files cut short or with bytes changed anywhere are read or refused, no more."""
    path = parquet(tmp_path_factory.mktemp("damaged") / "a.parquet")
    data = bytearray(path.read_bytes())
    for place, piece in changes:
        at = int(place * len(data))
        data[at : at + len(piece)] = piece
    path.write_bytes(data[: int(len(data) * cut) + 1])
    said = f"read: {path.name}"
    try:
        list(read_parquet(path, TABLE).frames())
    except RefusedError as error:
        said = str(error)
    assert path.name in said
