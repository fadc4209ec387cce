"""Keys that stand more than once in rows too many to be held together.

The rows are gone through twice: first only their keys, kept as one number each, which tells the
keys that repeat; then the rows themselves, of which only those with such a key are looked at. The
answers are those of ``validators.uniqueness`` for the rows of one document. Two keys are taken for
one only where two independent 64-bit numbers of both agree.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from validators.columnar_cells import Cells
from validators.columnar_keys import Hashes, Mask, Positions, hashes
from validators.columnwise import Columnwise
from validators.plan import Batch, Plan
from validators.rule import Rule, Unique

_SECOND = 1
_NOBODY = -1


class Repeats:
    """One rule of kind ``Unique`` over all rows of a long document."""

    def __init__(self, rule: Rule, check: Unique, plan: Plan) -> None:
        self._rule, self._check, self._table = rule, check, plan.table
        self._learnt: list[Hashes] = []
        self._twice: Hashes = np.empty(0, dtype=np.uint64)
        self._first: Positions = np.empty(0, dtype=np.int64)
        self._keys: Hashes = self._twice
        self._others: Hashes = self._twice

    @property
    def columns(self) -> frozenset[str]:
        """The cells that the first reading needs."""
        return frozenset(self._check.fields)

    def learn(self, cells: Cells) -> None:
        """Take the keys of the next rows, in the first reading."""
        codes, lacking = self._keyed(cells)
        self._learnt.append(hashes(codes)[~lacking])

    def settle(self) -> None:
        """End the first reading: which keys there are more than once."""
        every = np.concatenate([self._twice, *self._learnt])
        self._learnt.clear()
        every.sort()
        self._twice = np.unique(every[1:][every[1:] == every[:-1]])
        self._first = np.full(len(self._twice), _NOBODY, dtype=np.int64)
        self._keys, self._others = np.zeros_like(self._twice), np.zeros_like(self._twice)

    def answers(self, cells: Cells, batch: Batch) -> Columnwise:
        """The answers for the next rows, in the second reading and in the order of the document."""
        codes, silent = self._keyed(cells)
        withdrawn = self._withdrawn(cells)
        mask = np.ones(cells.rows, dtype=np.bool_)
        if len(self._twice):
            numbers = hashes(codes)
            slots = np.minimum(np.searchsorted(self._twice, numbers), len(self._twice) - 1)
            places = np.flatnonzero(~silent & (self._twice[slots] == numbers))
            if len(places):
                self._compare(cells, batch, places, slots, withdrawn, mask)
        return Columnwise(pl.Series(mask).set(pl.Series(silent | withdrawn), None))

    def _compare(
        self,
        cells: Cells,
        batch: Batch,
        places: Positions,
        slots: Positions,
        gone: Mask,
        mask: Mask,
    ) -> None:
        keys = hashes([cells.code(name) for name in self._check.fields], _SECOND)
        others = hashes([cells.code(name) for name in self._table.key], _SECOND)
        for at in places.tolist():
            slot = slots[at]
            first = self._first[slot]
            if first == _NOBODY:
                if not gone[at]:
                    self._first[slot] = batch.records[at].id
                    self._keys[slot], self._others[slot] = keys[at], others[at]
            elif self._keys[slot] != keys[at]:
                continue  # another key with the same first number
            elif gone[at]:
                self._first[slot] = _NOBODY
            elif not self._check.local or self._others[slot] != others[at]:
                mask[at] = False
                batch.notes[self._rule.code, at] = f"（见第{first}行）"

    def _keyed(self, cells: Cells) -> tuple[list[pl.Series], Mask]:
        """The normal texts of the key, and the rows that have no complete one."""
        codes = [cells.code(name) for name in self._check.fields]
        empty = np.array([code.is_null().to_numpy() for code in codes])
        by_code = self._table.by_code
        needed = np.array([by_code[name].required == "M" for name in self._check.fields])
        return codes, empty.all(axis=0) | empty[needed].any(axis=0)

    def _withdrawn(self, cells: Cells) -> Mask:
        if "SJYXBS" not in self._table.by_code:
            return np.zeros(cells.rows, dtype=np.bool_)
        found: Mask = (cells.value("SJYXBS") == 0).fill_null(value=False).to_numpy()
        return found
