"""One key, more than one valid row: answered for whole columns.

The same answers as ``validators.uniqueness`` gives where no rows but those of the batch are looked
at and none of them withdraws another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from validators.columnar_keys import Positions, first_alike


@dataclass(frozen=True, slots=True)
class Clashes:
    """Rows that share their key with an earlier one though they may not, and with which."""

    mask: pl.Series
    places: Positions
    earlier: Positions


def clashes(
    keys: Sequence[pl.Series],
    others: Sequence[pl.Series],
    required: Sequence[bool],
    *,
    always: bool,
) -> Clashes:
    """Hold rows against the first of their key.

    ``mask`` is true where a row may stand, false where it clashes, null where a part of the key
    that is ``required``, or all of it, is empty. Rows clash when they differ in ``others``, or
    ``always``.
    """
    rows = len(keys[0])
    first = _earliest(first_alike(keys))
    again = np.flatnonzero(first != np.arange(rows))
    if not always:
        differ = [column[again].ne_missing(column[first[again]]).to_numpy() for column in others]
        again = again[np.any(differ, axis=0)] if differ else again[:0]
    empty = np.array([column.is_null().to_numpy() for column in keys])
    needed = empty[np.array(required)]
    incomplete = np.logical_or(np.all(empty, axis=0), np.any(needed, axis=0))
    again = again[~incomplete[again]]
    stands = np.ones(rows, dtype=np.bool_)
    stands[again] = False
    mask = pl.Series(stands).set(pl.Series(incomplete), None)
    return Clashes(mask, again, first[again])


def _earliest(alike: Positions) -> Positions:
    """For each row the first of those that have the same representative."""
    lowest: Positions = np.empty(len(alike), dtype=np.int64)
    backwards = np.arange(len(alike) - 1, -1, -1)
    lowest[alike[backwards]] = backwards  # of several that are put in one place the last one stays
    return lowest[alike]
