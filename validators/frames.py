"""Batches as columns: what a large judgement works on, from records or from a frame.

Rows are made only for the records that somebody asks for: those with findings.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, overload

import polars as pl

from validators.columnar_answers import Columns
from validators.columnar_cells import Cells, written
from validators.plan import Batch, Plan
from validators.record import Context, Record
from validators.row import Row


def batch_of_columns(
    plan: Plan, records: Sequence[Record], context: Context, read: Batch | None = None
) -> Batch | None:
    """The records as columns; None when some cell is no text that a column can hold.

    ``read`` are the same records as far as they were read before, see ``validators.engine.judge``.
    """
    names = plan.table.columns
    try:
        frame = pl.DataFrame(
            {name: [record.values.get(name) for record in records] for name in names},
            schema=dict.fromkeys(names, pl.String),
        )
    except (TypeError, UnicodeEncodeError, pl.exceptions.PolarsError):
        return None
    batch = Batch(records, [], [], context, kept={} if read is None else read.kept)
    return _with_columns(plan, batch, Cells(plan.table, frame), read)


def batch_of_frame(plan: Plan, frame: pl.DataFrame, context: Context, first: int) -> Batch:
    """The rows of a frame as records, numbered from ``first``.

    Columns are texts as landed, or typed as Parquet has them; those that the table does not have
    are ignored. Raises TypeError for a column that holds neither text, number nor time.
    """
    known = frame.select(name for name in plan.table.columns if name in frame.columns)
    records = FrameRecords(known, first)
    return _with_columns(plan, _Undamaged(records, [], [], context), Cells(plan.table, known))


def _with_columns(plan: Plan, batch: Batch, cells: Cells, read: Batch | None = None) -> Batch:
    rows = _Rows(plan, batch.records, batch.context, read)
    batch = replace(batch, rows=rows, judged=_Judged(plan, rows), part=True)
    return replace(batch, columns=Columns(plan, cells, batch))


@dataclass(frozen=True)
class _Undamaged(Batch):
    """A batch from a frame: whatever stands in it was read without loss."""

    @cached_property
    def defective(self) -> bool:
        return False


class FrameRecords(Sequence[Record]):
    """The rows of a frame as records, each made when it is asked for."""

    def __init__(self, frame: pl.DataFrame, first: int) -> None:
        self._frame = frame
        self.first = first
        self._made: dict[int, Record] = {}

    def __len__(self) -> int:
        return self._frame.height

    @overload
    def __getitem__(self, at: int) -> Record: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Record]: ...
    def __getitem__(self, at: int | slice) -> Record | Sequence[Record]:
        if isinstance(at, slice):
            start, stop, _ = at.indices(len(self))
            return FrameRecords(self._frame[start:stop], self.first + start)
        if at in self._made:
            return self._made[at]
        if not 0 <= at < len(self):
            raise IndexError(at)
        return self._record(at, _Values(self._frame, at))

    def some(self, positions: Sequence[int], fields: Collection[str] | None) -> list[Record]:
        """The records at these positions, with these cells only."""
        names = [name for name in self._frame.columns if fields is None or name in fields]
        texts = texts_of(self._frame.select(names)[list(positions)])
        return [
            self._record(at, dict(zip(names, row, strict=True)))
            for at, row in zip(positions, texts.iter_rows(), strict=True)
        ]

    def numbers(self, positions: Sequence[int]) -> list[int]:
        """The numbers of the records at these positions."""
        return [self.first + at for at in positions]

    def wheres(self, positions: Sequence[int]) -> list[str]:
        """Where the records at these positions stood in their file."""
        return [_where(number) for number in self.numbers(positions)]

    def read(self, positions: Sequence[int]) -> None:
        """Read these rows at once: much faster than one by one."""
        wanted = [at for at in positions if at not in self._made]
        self._made.update(zip(wanted, self.some(wanted, None), strict=True))

    def _record(self, at: int, values: Mapping[str, str | None]) -> Record:
        number = self.first + at
        return Record(number, values, (), _where(number))


def _where(number: int) -> str:
    return f"第{number}行"


def texts_of(frame: pl.DataFrame) -> pl.DataFrame:
    """A frame with every column as the text that would have been landed."""
    return pl.DataFrame([written(column) for column in frame.iter_columns()])


class _Values(Mapping[str, str | None]):
    """The cells of one row of a frame."""

    def __init__(self, frame: pl.DataFrame, at: int) -> None:
        self._frame, self._at = frame, at

    def __getitem__(self, name: str) -> str | None:
        if name not in self._frame.columns:
            raise KeyError(name)
        cell: str | None = written(self._frame[name].slice(self._at, 1)).item()
        return cell

    def __iter__(self) -> Iterator[str]:
        return iter(self._frame.columns)

    def __len__(self) -> int:
        return self._frame.width


class _Rows(Sequence[Row]):
    """The rows of a batch: single ones made whole when asked for, all of them as far as read."""

    def __init__(
        self, plan: Plan, records: Sequence[Record], context: Context, read: Batch | None
    ) -> None:
        self._plan, self._records, self._context = plan, records, context
        self._read = read
        self._made: dict[int, Row] = {}

    def __len__(self) -> int:
        return len(self._records)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | Sequence[Row]:
        if isinstance(at, slice):
            return self._plan.layout.rows(self._records[at], self._context)
        if at not in self._made:
            self._made[at] = self._plan.layout.rows([self._records[at]], self._context)[0]
        return self._made[at]

    def __iter__(self) -> Iterator[Row]:
        return iter(self._all)

    @cached_property
    def _all(self) -> Sequence[Row]:
        if self._read is not None:
            return self._read.rows
        if isinstance(self._records, FrameRecords):
            self._records.read(range(len(self._records)))
        return self._plan.layout.rows(self._records, self._context, self._plan.asks)


class _Judged(Sequence[Row | None]):
    """The same rows, None for those that only withdraw."""

    def __init__(self, plan: Plan, rows: _Rows) -> None:
        self._plan, self._rows = plan, rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> Row | None: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Row | None]: ...
    def __getitem__(self, at: int | slice) -> Any:
        if isinstance(at, slice):
            return self._plan.judged(self._rows[at])
        return self._plan.judged([self._rows[at]])[0]

    def __iter__(self) -> Iterator[Row | None]:
        return iter(self._plan.judged(list(self._rows)))
