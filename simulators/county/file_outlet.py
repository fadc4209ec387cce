"""Delivery by files: GB18030 CSV and XLSX in turn, put into the exchange's folder by a rename."""

from __future__ import annotations

import csv
import io
import itertools
from operator import attrgetter
from pathlib import Path

import xlsxwriter

from simulators.county.journal import Batch, Record
from simulators.county.outlet import AwayError, Outlet

_SERIAL = "LSH"


class FileOutlet(Outlet):
    """Writes one file per table. The same batch always makes the same files."""

    pace = 5.0

    def __init__(self, sender: str, folder: Path) -> None:
        """``sender`` is part of every file name: one sender never numbers a batch twice."""
        self._sender = sender
        self._folder = folder

    def deliver(self, batch: Batch) -> bool:
        """Writes the files, each whole under its final name or not at all."""
        try:
            for name, content in _files(batch, self._sender):
                part = self._folder / f".{name}.part"
                part.write_bytes(content)
                part.replace(self._folder / name)
        except OSError as error:
            raise AwayError(f"{self._folder}: {error.strerror}") from error
        return True

    def arrived(self, batch: Batch) -> bool:
        """Whether the last file of the batch is in the folder or was put into one below it."""
        *_, (name, _) = _files(batch, self._sender)
        stem, _, ending = name.rpartition(".")
        return (self._folder / name).exists() or any(self._folder.glob(f"*/{stem}*.{ending}"))

    def close(self) -> None:
        """Nothing is open between two deliveries."""


def _files(batch: Batch, sender: str) -> list[tuple[str, bytes]]:
    """Names and contents of the files of a batch, in the order of its rows."""
    made = []
    groups = itertools.groupby(batch.steps, key=attrgetter("table"))
    for number, (table, steps) in enumerate(groups):
        rows = [step.record for step in steps]
        stem = f"{table}_{sender}_{batch.id:06d}_{number:02d}"
        if (batch.id + number) % 2:
            made.append((f"{stem}.csv", _csv(rows)))
        else:
            made.append((f"{stem}.xlsx", _xlsx(rows)))
    return made


def _columns(rows: list[Record]) -> list[str]:
    return [code for code in rows[0] if code != _SERIAL]


def _csv(rows: list[Record]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, _columns(rows), extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("gb18030")


def _xlsx(rows: list[Record]) -> bytes:
    """A workbook in which every cell is text, as systems export it that keep long numbers whole."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        columns = _columns(rows)
        for column, code in enumerate(columns):
            sheet.write_string(0, column, code)
        for line, row in enumerate(rows, start=1):
            for column, code in enumerate(columns):
                if row.get(code) is not None:
                    sheet.write_string(line, column, row[code])
    return made.getvalue()
