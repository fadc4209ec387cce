"""Equal cells found fast: the rows of a frame by what they hold, and keys kept between batches.

Rows are compared by a 64-bit hash first and by their cells after, so that a collision of hashes
costs time and never an answer. Nothing here depends on the value of a hash, only on whether two are
equal: the results are the same in every run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from validators.record import Lookup, ParentState

Positions = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Mask = npt.NDArray[np.bool_]

_MIX = np.uint64(0x9E3779B97F4A7C15)
_FEW = 5_000  # rows that Python tells apart sooner than numpy
_TURN = np.uint64(17)
_BITS = 20  # of a hash, enough to tell most rows apart
_SEVERAL = r"[,\s\x1c-\x1f]"  # may name several parents, or one with blanks around


def hashes(columns: Sequence[pl.Series], seed: int = 0) -> Hashes:
    """One number for each row; equal rows have equal numbers. Another seed, other numbers."""
    mixed = columns[0].hash(seed).to_numpy()
    for column in columns[1:]:
        mixed = (mixed ^ (mixed >> _TURN)) * _MIX + column.hash(seed).to_numpy()
    return mixed


def first_alike(columns: Sequence[pl.Series]) -> Positions:
    """For each row the position of a row that holds the same, one and the same for all of them.

    Empty cells are the same as empty cells.
    """
    found = _first_equal(hashes(columns))
    same = np.ones(len(found), dtype=np.bool_)
    for column in columns:
        same &= column[found].eq_missing(column).to_numpy()
    other = np.flatnonzero(~same)
    if len(other):  # two contents with one hash: compared one by one
        known: dict[tuple[object, ...], int] = {}
        for at in other.tolist():
            found[at] = known.setdefault(tuple(column[at] for column in columns), at)
    return found


def distinct(columns: Sequence[pl.Series]) -> tuple[Positions, Positions]:
    """Where each distinct content stands first, and for each row which of them it has."""
    rows = len(columns[0])
    if rows < _FEW:
        known: dict[object, int] = {}
        cells = zip(*columns, strict=True) if len(columns) > 1 else columns[0].to_list()
        spread = [known.setdefault(one, len(known)) for one in cells]
        first: Positions = np.full(len(known), -1, dtype=np.int64)
        for at in range(rows - 1, -1, -1):
            first[spread[at]] = at
        return first, np.array(spread, dtype=np.int64)
    alike = first_alike(columns)
    first = np.flatnonzero(alike == np.arange(rows))
    place = np.zeros(rows, dtype=np.int64)
    place[first] = np.arange(len(first))
    return first, place[alike]


def repeated(columns: Sequence[pl.Series]) -> Positions:
    """The rows that may hold the same as another one; every row that does is among them."""
    numbers = hashes(columns)
    ordered = np.sort(numbers)
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if not len(twice):
        return np.empty(0, dtype=np.int64)
    maybe = np.zeros(1 << _BITS, dtype=np.bool_)
    maybe[twice >> np.uint64(64 - _BITS)] = True
    places = np.flatnonzero(maybe[numbers >> np.uint64(64 - _BITS)])
    found: Positions = places[np.isin(numbers[places], twice)]
    return found


def _first_equal(numbers: Hashes) -> Positions:
    """For each position one with an equal number, by throwing all into slots until all are told."""
    bits = max(8, len(numbers).bit_length() + 1)
    slots: Positions = np.empty(1 << bits, dtype=np.int64)
    found: Positions = np.empty(len(numbers), dtype=np.int64)
    left, turned = np.arange(len(numbers)), numbers
    while len(left):
        places = (turned >> np.uint64(64 - bits)).astype(np.int64)
        slots[places] = left
        met = slots[places]
        same = numbers[met] == numbers[left]
        found[left[same]] = met[same]
        left = left[~same]
        turned = numbers[left] * _MIX if turned is numbers else turned[~same] * _MIX
    return found


class KeptKeys(Mapping[Lookup, ParentState]):
    """Parents that are known to be there, all others absent; made once, asked for every batch.

    ``keys`` has a frame for each table and fields that references point to; its columns are the
    fields, its cells texts in normal form. A columnar judgement asks for whole columns.
    """

    def __init__(self, keys: Mapping[tuple[str, tuple[str, ...]], pl.DataFrame]) -> None:
        self._tables = {
            pointed: _Table([frame[name] for name in pointed[1]]) for pointed, frame in keys.items()
        }

    def __getitem__(self, lookup: Lookup) -> ParentState:
        kept = self._tables.get((lookup.table, lookup.fields))
        return "accepted" if kept is not None and lookup.values in kept.rows else "absent"

    def __iter__(self) -> Iterator[Lookup]:
        for (table, fields), kept in self._tables.items():
            for values in zip(*kept.columns, strict=True):
                yield Lookup(table, fields, values)

    def __len__(self) -> int:
        return sum(len(kept.columns[0]) for kept in self._tables.values())

    def surely_there(
        self, table: str, fields: tuple[str, ...], values: Sequence[pl.Series]
    ) -> pl.Series:
        """For each row whether it surely points to one row that is there, and to nothing else."""
        kept = self._tables.get((table, fields))
        if kept is None or not kept.plain:
            return pl.Series(np.zeros(len(values[0]), dtype=np.bool_))
        return pl.Series(kept.has(values))


class _Table:
    """Keys in slots by their hash; a slot that is taken sends on to the next."""

    def __init__(self, columns: Sequence[pl.Series]) -> None:
        self.columns = list(columns)
        several = len(columns) == 1 and columns[0].str.contains(_SEVERAL).any()
        self.plain = not several
        self._numbers = hashes(self.columns)
        self._bits = max(8, len(self._numbers).bit_length() + 2)
        self._slots: Positions = np.full(1 << self._bits, -1, dtype=np.int64)
        left = np.arange(len(self._numbers))
        places = self._places(self._numbers)
        while len(left):
            free = self._slots[places] < 0
            self._slots[places[free]] = left[free]
            placed = self._slots[places] == left
            left, places = left[~placed], self._next(places[~placed])

    @cached_property
    def rows(self) -> frozenset[tuple[str, ...]]:
        """The keys for those who ask for one at a time."""
        return frozenset(zip(*self.columns, strict=True))

    def has(self, values: Sequence[pl.Series]) -> Mask:
        """For each row of these columns whether it is one of the keys."""
        numbers = hashes(values)
        places = self._places(numbers)
        met = self._slots[places]
        found: Mask = (met >= 0) & (self._numbers[met] == numbers)
        found &= self._same(values, None, met)
        left = np.flatnonzero(~found & (met >= 0))
        places = self._next(places[left])
        while len(left):
            met = self._slots[places]
            hit = (met >= 0) & (self._numbers[met] == numbers[left])
            hit[hit] = self._same(values, left[hit], met[hit])
            found[left[hit]] = True
            on = ~hit & (met >= 0)
            left, places = left[on], self._next(places[on])
        return found

    def _same(self, values: Sequence[pl.Series], rows: Positions | None, keys: Positions) -> Mask:
        same = np.ones(len(keys), dtype=np.bool_)
        for column, kept in zip(values, self.columns, strict=True):
            asked = column if rows is None else column[rows]
            same &= (asked == kept[np.maximum(keys, 0)]).fill_null(value=False).to_numpy()
        return same

    def _places(self, numbers: Hashes) -> Positions:
        return (numbers >> np.uint64(64 - self._bits)).astype(np.int64)

    def _next(self, places: Positions) -> Positions:
        return (places + 1) & ((1 << self._bits) - 1)
