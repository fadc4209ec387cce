"""Lists that are written whole."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from psycopg import DataError
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import Format

from exchange.store.arrays import PlainLists

TEXT_ARRAY, BIGINT_ARRAY, TIME_ARRAY = 1009, 1016, 1185


def _written(values: list[Any]) -> Any:
    transformer = Transformer()
    return PlainLists(list, transformer).upgrade(values, PyFormat.TEXT).dump(values)


@pytest.mark.parametrize(
    ("array", "values"),
    [
        (TEXT_ARRAY, ["", " ", "NULL", None, 'a"b', "c\\", "{d},e", "中\u3000文", "\n\t"]),
        (TEXT_ARRAY, ['["420602","G\\"1"]']),
        (TEXT_ARRAY, []),
        (TEXT_ARRAY, [None]),
        (BIGINT_ARRAY, [1, -2, 2**62]),
        (BIGINT_ARRAY, [1, None]),
        (TIME_ARRAY, [datetime(2026, 1, 2, 3, tzinfo=UTC), None]),
    ],
)
def test_what_is_written_is_what_is_read(array: int, values: list[Any]) -> None:
    """Whatever a list holds, PostgreSQL's text of an array gives the same list back."""
    loader = Transformer().get_loader(array, Format.TEXT)
    assert loader.load(_written(values)) == values


def test_nul_is_refused() -> None:
    """A text that PostgreSQL cannot hold is refused as by psycopg itself."""
    with pytest.raises(DataError):
        _written(["a\0b"])
