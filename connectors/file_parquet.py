"""Parquet: columns of text, numbers and times, read piece by piece whatever the file's length.

Imports pyarrow and polars: only who reads such a file imports this module.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from connectors.base import RefusedError
from connectors.file_reading import columns_of, refused
from connectors.file_rows import UnreadableError
from schemas import Table

ROWS = 100_000
"""Rows of a piece: some ten to a hundred megabytes."""

_BUFFER = 1 << 20
_BROKEN = (pa.ArrowException, OSError, ValueError, EOFError)


@dataclass(frozen=True)
class ParquetContent:
    """A Parquet file that can be read as rows of ``table``."""

    path: Path
    table: Table
    sha256: str
    rows: int
    names: dict[str, str]
    """Code of the standard → name of the column in the file."""

    def frames(self, columns: Collection[str] | None = None) -> Iterator[pl.DataFrame]:
        """The rows from the start, in pieces; with ``columns`` (codes) only these.

        Raises RefusedError where the file turns out to be damaged.
        """
        asked = {
            code: name for code, name in self.names.items() if columns is None or code in columns
        }
        try:
            with _opened(self.path) as file:
                for batch in file.iter_batches(ROWS, columns=list(asked.values())):
                    piece = pl.DataFrame(batch)
                    # an empty selection keeps no rows
                    yield piece.select(pl.col(name).alias(code) for code, name in asked.items())
        except (*_BROKEN, pl.exceptions.PolarsError) as error:
            raise _damaged(self.path, self.table, error) from None


def read_parquet(path: Path, table: Table) -> ParquetContent:
    """The file as rows of ``table``; its structure is checked at once.

    Raises RefusedError, whose message names the file and says what to change.
    """
    try:
        with _opened(path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
    except _BROKEN as error:
        raise _damaged(path, table, error) from None
    try:
        codes = columns_of(schema.names, table)
        _check_types(schema)
    except UnreadableError as error:
        raise refused(path, table, str(error)) from None
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    known = {
        code: name for code, name in zip(codes, schema.names, strict=True) if code in table.by_code
    }
    return ParquetContent(path, table, sha256, rows, known)


def _opened(path: Path) -> pq.ParquetFile:
    # read as it goes, not a whole group of rows at once: a file may be one group
    return pq.ParquetFile(path, memory_map=False, pre_buffer=False, buffer_size=_BUFFER)


def _check_types(schema: pa.Schema) -> None:
    for column in schema:
        kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
        if not _is_plain(kind):
            raise UnreadableError(
                f"列 {column.name} 的类型为 {kind}，应为文本、整数、定点小数、日期或不带时区的时间"
            )


def _is_plain(kind: pa.DataType) -> bool:
    is_ = pa.types
    text = is_.is_string(kind) or is_.is_large_string(kind) or is_.is_string_view(kind)
    number = is_.is_integer(kind) or is_.is_decimal128(kind) or is_.is_boolean(kind)
    time = is_.is_date32(kind) or (is_.is_timestamp(kind) and kind.tz is None)
    return text or number or time or is_.is_null(kind)


def _damaged(path: Path, table: Table, error: Exception) -> RefusedError:
    return refused(
        path, table, f"Parquet 文件无法读取（{type(error).__name__}），可能已损坏或未传完"
    )
