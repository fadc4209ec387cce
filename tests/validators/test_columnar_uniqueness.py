"""Rows that share a key, told apart by columns."""

from __future__ import annotations

import random

import polars as pl
import pytest

from validators.columnar_uniqueness import clashes

Rows = list[tuple[str | None, str | None, str | None]]


def _one_by_one(rows: Rows, required: tuple[bool, bool], *, always: bool) -> list[bool | None]:
    """The same, as the words say it: each row beside the first of its key."""
    first: dict[tuple[str | None, str | None], str | None] = {}
    told: list[bool | None] = []
    for left, right, other in rows:
        key = (left, right)
        lacks = any(need and part is None for need, part in zip(required, key, strict=True))
        if lacks or key == (None, None):
            told.append(None)
        elif key not in first:
            first[key] = other
            told.append(True)
        else:
            told.append(not (always or first[key] != other))
    return told


def _by_columns(rows: Rows, required: tuple[bool, bool], *, always: bool) -> list[bool | None]:
    frame = pl.DataFrame(rows, schema=["left", "right", "other"], orient="row")
    found = clashes([frame["left"], frame["right"]], [frame["other"]], required, always=always)
    assert found.places.tolist() == [at for at, told in enumerate(found.mask) if told is False]
    for at, earlier in zip(found.places.tolist(), found.earlier.tolist(), strict=True):
        assert earlier == next(n for n, row in enumerate(rows) if row[:2] == rows[at][:2])
    return found.mask.to_list()


@pytest.mark.parametrize("always", [False, True])
@pytest.mark.parametrize("required", [(True, True), (True, False), (False, False)])
def test_columns_tell_the_same_as_going_through_the_rows(
    required: tuple[bool, bool], always: bool
) -> None:
    """Many small tables with few contents, so that keys meet, with empty parts among them."""
    chance = random.Random(7)
    for _ in range(200):
        rows: Rows = [
            (chance.choice("ab"), chance.choice(["1", "2", None]), chance.choice(["x", "y", None]))
            if chance.random() < 0.9 else (None, None, "x")
            for _ in range(chance.randint(1, 12))
        ]  # fmt: skip
        expected = _one_by_one(rows, required, always=always)
        assert _by_columns(rows, required, always=always) == expected


def test_a_state_of_the_same_row_does_not_clash_but_a_third_row_does() -> None:
    """Beside the first row of its key: one that is the same row, and one that is another."""
    rows: Rows = [("a", "1", "x"), ("a", "1", "x"), ("a", "1", "y")]
    assert _by_columns(rows, (True, True), always=False) == [True, True, False]
