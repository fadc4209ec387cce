"""Files judged alone, as ``exchange check`` does: read, judged, told in a report.

A file of up to ``LONG`` rows is held and judged at once, its rows compared with one another. A
longer one is judged piece by piece (``exchange.judging.long_files``), where the packages for that
are installed: the offline check of a county has none of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from connectors.base import RefusedError, SourceRow
from connectors.file_reading import FileContent, read_file
from schemas import Table
from validators import Context, Record, Ruleset, judge
from validators.finding import Finding
from validators.one_file import rows_beside
from validators.report.model import Input, Report, report_on

if TYPE_CHECKING:
    from connectors.file_parquet import ParquetContent

LONG = 50_000
"""Rows that are held at most: with findings in every row they take some gigabytes."""

HEAD = "rule,row,fields\n"
"""First line of a list of findings for programs."""

_ROW = re.compile(r"第([0-9]{1,9})行")
Write = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class FileJudge:
    """Everything that files of one table are judged with."""

    ruleset: Ruleset
    table: Table
    context: Context

    def report(self, path: Path, write: Write | None = None) -> Report:
        """Read a file and judge it; ``write`` gets every finding as lines of CSV, as they come.

        Raises RefusedError for a file that is no such table.
        """
        if path.suffix.lower() == ".parquet":
            return self._of_parquet(path, write)
        content = read_file(path, self.table)
        rows = records_of(content)
        records = list(islice(rows, LONG + 1))
        if len(records) > LONG and _is_streaming():
            from exchange.judging.long_files import judge_rows

            return judge_rows(self, path, content.sha256, write)
        records.extend(rows)
        return self._held(path, content.sha256, records, write)

    def _of_parquet(self, path: Path, write: Write | None) -> Report:
        if not _is_streaming():
            raise RefusedError(f"{path.name}：本环境不能读取 Parquet 文件，请改用 CSV 或 XLSX")
        from connectors.file_parquet import read_parquet
        from exchange.judging.long_files import judge_frames, records_of_frames

        content: ParquetContent = read_parquet(path, self.table)
        if content.rows > LONG:
            return judge_frames(self, content, write)
        return self._held(path, content.sha256, records_of_frames(content), write)

    def _held(self, path: Path, sha256: str, records: list[Record], write: Write | None) -> Report:
        beside = rows_beside(self.ruleset.plan(self.table.code), records)
        within = replace(self.context, related=beside)
        judgement = judge(self.ruleset, self.table.code, records, within)
        examined = Input(path.name, self.table.code, len(records), sha256)
        report = report_on(judgement, examined, self.ruleset, records)
        if write is not None:
            write("".join(line_of(each) for each in report.findings))
        return report


def records_of(content: FileContent) -> Iterator[Record]:
    """The rows of a file as records, numbered as people see them."""
    for at, row in enumerate(content.rows, start=2):
        yield Record(_number(row, at), row.values, row.defects, row.where)


def line_of(finding: Finding) -> str:
    """A finding as a line for programs: nothing in it is personal."""
    return f'{finding.rule},{finding.row},"{",".join(finding.fields)}"\n'


def _number(row: SourceRow, otherwise: int) -> int:
    found = _ROW.search(row.where)
    return int(found[1]) if found else otherwise


def _is_streaming() -> bool:
    """Whether what long files need is installed."""
    from importlib.util import find_spec

    return find_spec("polars") is not None and find_spec("pyarrow") is not None
