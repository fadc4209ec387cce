"""Files too long to be held: Parquet of any length and long CSV, judged piece by piece.

Only who meets such a file imports this module: it needs polars, and pyarrow for Parquet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial
from itertools import islice
from pathlib import Path

import polars as pl

from connectors.file_parquet import ParquetContent
from connectors.file_reading import read_file
from exchange.judging.files import FileJudge, Write, records_of
from validators import Record
from validators.frame_judgement import FrameJudgement
from validators.frames import FrameRecords, texts_of
from validators.report.model import Input, Report, report_on_stream
from validators.streamed import Piece, Pieces, judge_stream

LISTED = 10_000
"""Findings of a long file that a report lists: more than anybody reads, few enough to be held."""

RECORDS = 20_000
"""Rows of a piece of a file that is no Parquet: they are held as records, with their damage."""

_FIRST = 2
"""The number of the first row: a file's head line is a row, too."""


def judge_frames(judge: FileJudge, content: ParquetContent, write: Write | None) -> Report:
    """The report on a Parquet file of any length."""

    def pieces(columns: Collection[str] | None) -> Iterator[Piece]:
        first = _FIRST
        for frame in content.frames(columns):
            yield Piece(frame, first)
            first += frame.height

    return _judged(judge, content.path, content.sha256, pieces, write)


def judge_rows(judge: FileJudge, path: Path, sha256: str, write: Write | None) -> Report:
    """The report on any other long file."""

    def pieces(_columns: Collection[str] | None) -> Iterator[Piece]:
        rows = records_of(read_file(path, judge.table))
        while records := list(islice(rows, RECORDS)):
            yield Piece.of(judge.table.columns, records)

    return _judged(judge, path, sha256, pieces, write)


def records_of_frames(content: ParquetContent) -> list[Record]:
    """The rows of a short Parquet file as records."""
    frames = [texts_of(frame) for frame in content.frames()]
    if not frames:
        return []
    records = FrameRecords(pl.concat(frames), _FIRST)
    return records.some(range(len(records)), None)


def _judged(
    judge: FileJudge, path: Path, sha256: str, pieces: Pieces, write: Write | None
) -> Report:
    take = None if write is None else partial(_write, write)
    streamed = judge_stream(
        judge.ruleset, judge.table.code, pieces, judge.context, most=LISTED, take=take
    )
    examined = Input(path.name, judge.table.code, streamed.rows, sha256)
    return report_on_stream(streamed, examined, judge.ruleset)


def _write(write: Write, judged: FrameJudgement) -> None:
    write(judged.listing.write_csv(include_header=False))
