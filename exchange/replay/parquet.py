"""Landed batches as Parquet: a file per day, standard and table; enough to replay without a store.

A row is a record as it was judged. Meta columns are in small letters; each column of the standard
is a text column of its own name, kept as it was sent; columns that the standard does not know are
together in ``other_cells`` as JSON. ``context`` (JSON) stands on the first row of each judgement.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exchange.errors import StopError
from exchange.replay.groups import Group, Judged
from schemas import load

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

ROWS_AT_ONCE = 5_000
META = (
    "judgement", "judged_at", "body", "version", "record_key", "revision", "place", "defects",
    "outcome", "found", "counted", "context", "other_cells",
)  # fmt: skip


class NoLandedFilesError(StopError):
    """There is no Parquet file under {folder}. Make them with `exchange export landed`."""


@dataclass(slots=True)
class _Table:
    """One file in the making."""

    writer: pq.ParquetWriter
    columns: tuple[str, ...]
    rows: list[dict[str, Any]]
    written: int = 0

    def flush(self) -> None:
        """Write the rows that are waiting."""
        import pyarrow as pa

        if self.rows:
            table = pa.Table.from_pylist(self.rows, schema=self.writer.schema)
            self.writer.write_table(table)
            self.written += len(self.rows)
            self.rows = []


def write(found: Iterator[Group], folder: Path) -> dict[Path, int]:
    """Write groups into ``<folder>/<standard>/<table>.parquet``; files with their rows.

    A file appears whole, at the end, or not at all; one that is there is replaced. Memory: some
    thousand rows per table.
    """
    import pyarrow.parquet as pq

    open_tables: dict[tuple[str, str], _Table] = {}
    for group in found:
        key = (group.standard, group.table)
        if key not in open_tables:
            columns = load(group.standard).table(group.table).columns
            path = _place(folder, *key)
            path.parent.mkdir(parents=True, exist_ok=True)
            writer = pq.ParquetWriter(_aside(path), _schema(columns), compression="zstd")
            open_tables[key] = _Table(writer, tuple(columns), [])
        table = open_tables[key]
        table.rows.extend(_rows(group, table.columns))
        if len(table.rows) >= ROWS_AT_ONCE:
            table.flush()
    files: dict[Path, int] = {}
    for key, table in open_tables.items():
        table.flush()
        table.writer.close()
        path = _place(folder, *key)
        _aside(path).replace(path)
        files[path] = table.written
    return files


def read(folder: Path) -> Iterator[Group]:
    """The groups that were written, table by table. Raises NoLandedFilesError."""
    import pyarrow.parquet as pq

    files = sorted(folder.rglob("*.parquet"))
    if not files:
        raise NoLandedFilesError(folder=folder)
    for path in files:
        with pq.ParquetFile(path) as file:
            for _, rows in groupby(_streamed(file), key=lambda row: row["judgement"]):
                yield _group(path.parent.name, path.stem, list(rows))


def _streamed(file: pq.ParquetFile) -> Iterator[dict[str, Any]]:
    for batch in file.iter_batches(ROWS_AT_ONCE):
        yield from batch.to_pylist()


def _place(folder: Path, standard: str, table: str) -> Path:
    return folder / standard / f"{table}.parquet"


def _aside(path: Path) -> Path:
    return path.with_suffix(".part")


def _schema(columns: Sequence[str]) -> pa.Schema:
    import pyarrow as pa

    kinds: Mapping[str, Any] = {
        "judgement": pa.int64(),
        "judged_at": pa.timestamp("us", tz="UTC"),
        "version": pa.int64(),
        "revision": pa.int32(),
        "counted": pa.bool_(),
        "found": pa.map_(pa.string(), pa.string()),
    }
    meta = [(name, kinds.get(name, pa.string())) for name in META]
    return pa.schema([*meta, *((name, pa.string()) for name in columns)])


def _rows(group: Group, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    known = frozenset(columns)
    for at, one in enumerate(group.records):
        others = {name: cell for name, cell in one.values.items() if name not in known}
        yield {
            "judgement": group.judgement,
            "judged_at": group.at,
            "body": group.body,
            "version": one.id,
            "record_key": one.record_key,
            "revision": one.revision,
            "place": one.where,
            "defects": json.dumps(list(one.defects)) if one.defects else None,
            "outcome": one.outcome,
            "found": dict(one.found),
            "counted": one.counted,
            "context": json.dumps(group.context) if at == 0 else None,
            "other_cells": json.dumps(others) if others else None,
            **{name: _text(one.values.get(name)) for name in columns},
        }


def _text(cell: str | None) -> str | None:
    """A cell as Parquet can hold it: what is no Unicode text is shown as question marks."""
    return None if cell is None else cell.encode("utf-8", "replace").decode("utf-8")


def _group(standard: str, table: str, rows: Sequence[Mapping[str, Any]]) -> Group:
    first = rows[0]
    return Group(
        judgement=first["judgement"],
        at=first["judged_at"],
        body=first["body"],
        standard=standard,
        table=table,
        context=json.loads(first["context"]),
        records=[_judged(row) for row in rows],
    )


def _judged(row: Mapping[str, Any]) -> Judged:
    cells = {name: cell for name, cell in row.items() if name not in META and cell is not None}
    return Judged(
        id=row["version"],
        values=cells | json.loads(row["other_cells"] or "{}"),
        defects=json.loads(row["defects"] or "[]"),
        where=row["place"],
        record_key=row["record_key"],
        revision=row["revision"],
        outcome=row["outcome"],
        found=dict(row["found"]),
        counted=row["counted"],
    )
